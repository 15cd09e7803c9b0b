internal import Tensors

/// Where everything that a network computes for images of one size stands in one stretch of
/// memory, and in which order it is computed.
///
/// Feature maps whose lifetimes do not overlap share memory. The inputs of a concatenation are
/// slices of it; a convolution writes over its residual where nothing else needs that any more; an
/// adaptive pooling that has nothing to do is its input, and so is dropout.
struct NetworkPlan: Sendable {
  /// A feature map's place, in floats from the start of the memory.
  struct Place: Sendable {
    var offset: Int
    let height: Int
    let width: Int
    let channels: Int
    let pixelStride: Int
  }

  let batch: Int
  let outputs: [FeatureMap]
  /// The operations to run, in order, as indices into the network's.
  private(set) var steps: [Int] = []
  /// Of every feature map that is computed.
  private(set) var places: [Place?]
  /// Where the kernel scratch of an operation that needs any stands.
  private(set) var scratchOffsets: [Int: Int] = [:]
  /// The floats of memory that all of it takes.
  private(set) var count = 0

  /// Feature maps and scratch begin on multiples of 16 floats: a cache line, an AVX-512 register.
  private static let alignment = 16

  /// - Throws: `NetworkError` if the network cannot take images of this size.
  init(
    _ network: Network, batch: Int, height: Int, width: Int, outputs: [FeatureMap], threads: Int
  ) throws {
    self.batch = batch
    self.outputs = outputs
    let graph = network.graph
    let needed = graph.needed(for: outputs)
    let sizes = try graph.checkedSizes(height: height, width: width, needed: needed)
    let operations = graph.operations
    places = [Place?](repeating: nil, count: operations.count)

    // What each feature map is part of: a slice from a channel on of another, or itself.
    var parents = operations.indices.map { (index: $0, channel: 0) }
    for index in operations.indices where needed[index] {
      guard case .concatenation(let inputs) = operations[index] else { continue }
      var channel = 0
      for input in inputs {
        parents[input] = (index, channel)
        channel += graph.channels[input]
      }
    }
    func root(_ index: Int) -> (index: Int, channel: Int) {
      var result = (index: index, channel: 0)
      while parents[result.index].index != result.index {
        let parent = parents[result.index]
        result = (parent.index, result.channel + parent.channel)
      }
      return result
    }

    // The last operation that reads each root; an output is read after all of them.
    var lastReads = [Int](repeating: -1, count: operations.count)
    for index in operations.indices where needed[index] {
      for input in operations[index].inputs { lastReads[root(input).index] = index }
    }
    for output in outputs { lastReads[root(output.index).index] = operations.count }

    for index in operations.indices where needed[index] {
      var shared: Int?
      var isPass = false
      switch operations[index] {
      case .concatenation: continue
      case .convolution(_, let input, let residual?)
      where lastReads[root(residual).index] == index && root(residual).index != root(input).index:
        shared = residual
      case .tanh(let input) where lastReads[root(input).index] == index:
        shared = input
      case .adaptiveAverage(_, _, let input) where sizes[input] == sizes[index]:
        (shared, isPass) = (input, true)
      case .dropout(_, let input): (shared, isPass) = (input, true)
      default: break
      }
      if let shared, parents[index].index == index, isPass || parents[shared].index == shared {
        let last = lastReads[index]
        parents[index] = (shared, 0)
        let owner = root(index).index
        lastReads[owner] = max(lastReads[owner], last)
        if isPass { continue }
      }
      steps.append(index)
    }

    // One block of memory for each root, alive from the first write into it to the last read.
    var firstWrites: [Int: Int] = [:]
    for index in steps where firstWrites[root(index).index] == nil {
      firstWrites[root(index).index] = index
    }
    var blocks = firstWrites.map { owner, first in
      Block(
        owner: owner, isScratch: false,
        count: batch * sizes[owner].height * sizes[owner].width * graph.channels[owner],
        lifetime: first...max(first, lastReads[owner]))
    }
    for index in steps {
      guard case .convolution(let convolution, let input, _) = operations[index] else { continue }
      let size = sizes[input]
      let count = convolution.scratchCount(
        batch: batch, height: size.height, width: size.width, threads: threads)
      if count > 0 {
        blocks.append(
          Block(owner: index, isScratch: true, count: count, lifetime: index...index))
      }
    }
    count = Self.place(&blocks)

    var offsets: [Int: Int] = [:]
    for block in blocks {
      if block.isScratch {
        scratchOffsets[block.owner] = block.offset
      } else {
        offsets[block.owner] = block.offset
      }
    }
    for index in operations.indices where needed[index] {
      let owner = root(index)
      guard let offset = offsets[owner.index] else { continue }
      places[index] = Place(
        offset: offset + owner.channel, height: sizes[index].height, width: sizes[index].width,
        channels: graph.channels[index], pixelStride: graph.channels[owner.index])
    }
  }

  private struct Block {
    let owner: Int
    let isScratch: Bool
    let count: Int
    let lifetime: ClosedRange<Int>
    var offset = 0
  }

  /// Gives every block an offset such that no two that live at the same time overlap; returns the
  /// end of the last one.
  ///
  /// Greedy by size (Pisarchyk, Lee 2020, "Efficient memory management for deep neural net
  /// inference", arXiv 2001.03288): the largest first, each at the lowest place that is free
  /// throughout its lifetime.
  private static func place(_ blocks: inout [Block]) -> Int {
    blocks.sort { ($0.count, $1.owner) > ($1.count, $0.owner) }
    var end = 0
    /// The blocks placed so far, by offset.
    var placed: [Block] = []
    for index in blocks.indices {
      var block = blocks[index]
      for other in placed
      where other.lifetime.overlaps(block.lifetime) && other.offset < block.offset + block.count {
        let free = other.offset + other.count
        block.offset = max(block.offset, (free + alignment - 1) / alignment * alignment)
      }
      blocks[index] = block
      let position = placed.firstIndex { $0.offset > block.offset } ?? placed.endIndex
      placed.insert(block, at: position)
      end = max(end, block.offset + block.count)
    }
    return end
  }
}
