import Store

/// What COCO's files call a dataset's photos: their own numbers and, where they have none or another
/// photo has it already, the smallest that are left from 1 up, in their order.
struct COCONumbers {
  private let numbers: [Int64: Int64]

  /// - Parameter items: all of the dataset, so that any two files of it agree.
  init(_ items: [DatasetItem]) {
    var numbers: [Int64: Int64] = [:]
    var taken: Set<Int64> = []
    for item in items {
      if let own = item.externalID, taken.insert(own).inserted { numbers[item.id] = own }
    }
    var next: Int64 = 1
    for item in items where numbers[item.id] == nil {
      while !taken.insert(next).inserted { next += 1 }
      numbers[item.id] = next
    }
    self.numbers = numbers
  }

  subscript(item: DatasetItem) -> Int64 { numbers[item.id] ?? 0 }
}
