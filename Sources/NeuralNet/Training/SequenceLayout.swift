internal import Tensors

/// Where the steps of several sequences of different lengths stand in a matrix without padding.
///
/// The rows of step 0 of all sequences come first, longest sequence first, then those of step 1 of
/// all sequences that have one, and so on: at each step the sequences that go on are the first ones
/// of the step before. Linear layers, dropout and losses work on such rows as they are, and
/// recurrent layers waste nothing on padding (PyTorch's `PackedSequence` is laid out like this).
package struct SequenceLayout: Equatable, Sendable {
  /// The length of each sequence, in the order given.
  package let lengths: [Int]
  /// The sequences by falling length: place p of every step belongs to sequence `order[p]`.
  package let order: [Int]
  /// By step, how many sequences have it.
  package let counts: [Int]
  /// By step, its first row.
  package let offsets: [Int]
  /// How many rows there are: the sum of the lengths.
  package let rows: Int

  package var sequences: Int { lengths.count }
  package var steps: Int { counts.count }

  /// - Precondition: no length is negative.
  package init(lengths: [Int]) {
    precondition(lengths.allSatisfy { $0 >= 0 }, "sequences of \(lengths) steps")
    self.lengths = lengths
    // Of sequences of equal length, the first given comes first.
    order = lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
    var counts = [Int](repeating: 0, count: lengths.max() ?? 0)
    var going = lengths.count
    for step in counts.indices {
      while going > 0, lengths[order[going - 1]] <= step { going -= 1 }
      counts[step] = going
    }
    var offsets: [Int] = []
    var rows = 0
    for count in counts {
      offsets.append(rows)
      rows += count
    }
    self.counts = counts
    self.offsets = offsets
    self.rows = rows
  }

  /// Sequences of equal length.
  package init(sequences: Int, steps: Int) {
    self.init(lengths: [Int](repeating: steps, count: sequences))
  }

  /// The elements of sequences in the order of the rows.
  ///
  /// - Precondition: the sequences have the layout's lengths.
  package func packed<Element>(_ sequences: [[Element]]) -> [Element] {
    precondition(
      sequences.map(\.count) == lengths,
      "sequences of \(sequences.map(\.count)) steps in a layout of \(lengths)")
    var result: [Element] = []
    result.reserveCapacity(rows)
    for (step, count) in counts.enumerated() {
      for place in 0..<count { result.append(sequences[order[place]][step]) }
    }
    return result
  }

  /// One value for each sequence, repeated in all its rows.
  package func spread<Element>(_ values: [Element]) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(rows)
    for count in counts {
      for place in 0..<count { result.append(values[order[place]]) }
    }
    return result
  }

  /// The rows of sequence `order[place]`, by step.
  package func rows(ofPlace place: Int) -> [Int] {
    (0..<lengths[order[place]]).map { offsets[$0] + place }
  }

  /// The last row of each sequence, in the order given.
  ///
  /// - Precondition: no sequence is empty.
  var lastRows: [Int] {
    var rows = [Int](repeating: 0, count: sequences)
    for (place, sequence) in order.enumerated() {
      precondition(lengths[sequence] > 0, "the last row of a sequence without steps")
      rows[sequence] = offsets[lengths[sequence] - 1] + place
    }
    return rows
  }

  /// One row a sequence, from the order given to that of the places.
  ///
  /// - Parameter tensor: `[sequences, size]`
  func byPlace(_ tensor: Tensor) -> Tensor { reordered(tensor) { (to: $0, from: order[$0]) } }

  /// One row a sequence, from the order of the places back to the one given.
  func byPlace(inverse tensor: Tensor) -> Tensor { reordered(tensor) { (to: order[$0], from: $0) } }

  private func reordered(_ tensor: Tensor, _ place: (Int) -> (to: Int, from: Int)) -> Tensor {
    precondition(
      tensor.shape.rank == 2 && tensor.shape[0] == sequences,
      "\(tensor.shape) for \(sequences) sequences")
    let size = tensor.shape[1]
    return Tensor(uninitialized: tensor.shape) { result in
      tensor.elements.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        for index in 0..<sequences {
          let (to, from) = place(index)
          (result + to * size).update(from: source + from * size, count: size)
        }
      }
    }
  }
}
