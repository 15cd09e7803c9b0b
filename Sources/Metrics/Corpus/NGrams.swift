/// The n-grams of one length in a corpus.
///
/// Within an image they have slots: equal n-grams have one slot, and slots are given in the order in
/// which n-grams come, those of the candidate first.
struct NGrams: Sendable {
  static let orders = 1...4

  let order: Int
  /// The slot of the n-gram that begins at each word. It means nothing for the last n − 1 words of a
  /// sentence.
  let slots: [UInt32]
  /// Where each image's slots begin in `frequencies`, and the end of the last.
  let starts: [Int]
  /// In how many images' references the n-gram of a slot occurs.
  let frequencies: [UInt32]

  /// How many different n-grams an image has.
  func slotCount(of image: Int) -> Int { starts[image + 1] - starts[image] }

  /// The n-grams of all orders.
  ///
  /// - Parameters:
  ///   - sentences: where each sentence begins among the words, and the end of the last.
  ///   - images: where each image's sentences begin, its candidate first, and the end of the last.
  static func all(words: [UInt32], sentences: [Int], images: [Int], threads: Int) -> [NGrams] {
    let layout = Layout(words: words, sentences: sentences, images: images)
    let chunkSize = 2048
    var parts: [NGramPart] = []
    return orders.map { order in
      let shorter = parts
      parts = mapChunks(of: images.count - 1, size: chunkSize, threads: threads) { range in
        NGramPart(
          order: order, images: range, layout: layout,
          shorter: order == 1 ? nil : shorter[range.lowerBound / chunkSize])
      }
      let numbering = NGramNumbering(parts.map { ($0.keys, $0.isInReference) }, threads: threads)
      for (index, numbers) in numbering.numbers.enumerated() { parts[index].numbers = numbers }
      var starts = [0]
      for part in parts {
        for count in part.slotCounts { starts.append((starts.last ?? 0) + count) }
      }
      return NGrams(
        order: order, slots: parts.flatMap(\.slots), starts: starts,
        frequencies: numbering.frequencies.flatMap { $0 })
    }
  }

  fileprivate struct Layout: Sendable {
    let words: [UInt32]
    let sentences: [Int]
    let images: [Int]
  }
}

/// The n-grams of some images that follow each other.
private struct NGramPart: Sendable {
  /// Of the n-gram at each of the images' words.
  private(set) var slots: [UInt32] = []
  /// By image.
  private(set) var slotCounts: [Int] = []
  /// By image and slot: the number of the n-gram without its last word, and that word.
  private(set) var keys: [UInt64] = []
  private(set) var isInReference: [Bool] = []
  /// By image and slot: what the n-gram is called in the whole corpus.
  var numbers: [UInt32] = []

  init(order: Int, images: Range<Int>, layout: NGrams.Layout, shorter: NGramPart?) {
    var table = SlotTable()
    let sentences = layout.sentences
    let first = sentences[layout.images[images.lowerBound]]
    slots = [UInt32](
      repeating: 0, count: sentences[layout.images[images.upperBound]] - first)
    keys.reserveCapacity(slots.count)
    isInReference.reserveCapacity(slots.count)
    var shorterStart = 0
    for image in images {
      table.removeAll()
      let start = keys.count
      for sentence in layout.images[image]..<layout.images[image + 1] {
        let isReference = sentence > layout.images[image]
        let end = sentences[sentence + 1] - order + 1
        for place in sentences[sentence]..<max(end, sentences[sentence]) {
          let last = UInt64(layout.words[place + order - 1])
          let prefix = shorter.map { Int($0.slots[place - first]) } ?? 0
          let slot = table.insert(UInt64(prefix) << 32 | last)
          if slot == keys.count - start {
            let number = shorter.map { UInt64($0.numbers[shorterStart + prefix]) } ?? 0
            keys.append(number << 32 | last)
            isInReference.append(isReference)
          } else if isReference {
            isInReference[start + slot] = true
          }
          slots[place - first] = UInt32(slot)
        }
      }
      slotCounts.append(keys.count - start)
      shorterStart += shorter?.slotCounts[image - images.lowerBound] ?? 0
    }
  }
}

/// Numbers the n-grams of all images, and counts the images whose references have each.
///
/// They are spread over buckets by their hashes, so that the table of a bucket stays in the cache
/// and the buckets can be worked on at once.
private struct NGramNumbering {
  typealias Part = (keys: [UInt64], isInReference: [Bool])

  /// By part and slot.
  let numbers: [[UInt32]]
  let frequencies: [[UInt32]]

  private static let bucketCount = 256

  init(_ parts: [Part], threads: Int) {
    let spread = mapChunks(of: parts.count, size: 1, threads: threads) { part in
      Spread(parts[part.lowerBound], bucketCount: Self.bucketCount)
    }
    let buckets = mapChunks(of: Self.bucketCount, size: 1, threads: threads) { bucket in
      Bucket(bucket.lowerBound, spread)
    }
    var offsets: [UInt32] = []
    var count: UInt32 = 0
    for bucket in buckets {
      offsets.append(count)
      count += UInt32(bucket.count)
    }
    let firstNumbers = offsets
    let gathered = mapChunks(of: parts.count, size: 1, threads: threads) { part in
      let part = part.lowerBound
      let spread = spread[part]
      var numbers = [UInt32](repeating: 0, count: spread.order.count)
      var frequencies = numbers
      for bucket in 0..<Self.bucketCount {
        var source = buckets[bucket].starts[part]
        for index in spread.starts[bucket]..<spread.starts[bucket + 1] {
          let slot = Int(spread.order[index])
          numbers[slot] = firstNumbers[bucket] + buckets[bucket].numbers[source]
          frequencies[slot] = buckets[bucket].frequencies[source]
          source += 1
        }
      }
      return (numbers, frequencies)
    }
    numbers = gathered.map(\.0)
    frequencies = gathered.map(\.1)
  }

  /// The slots of a part in the order of their buckets.
  private struct Spread: Sendable {
    /// Where each bucket begins in the lists below, and the end of the last.
    let starts: [Int]
    let order: [UInt32]
    let keys: [UInt64]
    let isInReference: [Bool]

    init(_ part: Part, bucketCount: Int) {
      func bucket(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: mixed(key) >> 32) & (bucketCount - 1)
      }
      var starts = [Int](repeating: 0, count: bucketCount + 1)
      for key in part.keys { starts[bucket(key) + 1] += 1 }
      for bucket in 0..<bucketCount { starts[bucket + 1] += starts[bucket] }
      var next = starts
      var order = [UInt32](repeating: 0, count: part.keys.count)
      var keys = part.keys
      var isInReference = part.isInReference
      for (slot, key) in part.keys.enumerated() {
        let bucket = bucket(key)
        let place = next[bucket]
        order[place] = UInt32(slot)
        keys[place] = key
        isInReference[place] = part.isInReference[slot]
        next[bucket] = place + 1
      }
      (self.starts, self.order) = (starts, order)
      (self.keys, self.isInReference) = (keys, isInReference)
    }
  }

  /// The n-grams of one bucket.
  private struct Bucket: Sendable {
    /// How many different ones there are.
    let count: Int
    /// Where each part begins in the lists below.
    private(set) var starts: [Int] = []
    private(set) var numbers: [UInt32] = []
    private(set) var frequencies: [UInt32] = []

    init(_ bucket: Int, _ parts: [Spread]) {
      let total = parts.reduce(0) { $0 + $1.starts[bucket + 1] - $1.starts[bucket] }
      var table = SlotTable(capacity: total)
      var counts: [UInt32] = []
      numbers.reserveCapacity(total)
      for part in parts {
        starts.append(numbers.count)
        let range = part.starts[bucket]..<part.starts[bucket + 1]
        for (key, isInReference) in zip(part.keys[range], part.isInReference[range]) {
          let number = table.insert(key)
          if number == counts.count { counts.append(0) }
          if isInReference { counts[number] += 1 }
          numbers.append(UInt32(number))
        }
      }
      count = table.count
      frequencies = numbers.map { counts[Int($0)] }
    }
  }
}
