import Store

/// What COCO's files call a dataset's photos: their own numbers where all have different ones, else
/// numbers from 1 up in their order.
struct COCONumbers {
  private let numbers: [Int64: Int64]

  /// - Parameter items: all that a file of the dataset holds, so that any two files agree.
  init(_ items: [DatasetItem]) {
    let areOwn = Set(items.compactMap(\.externalID)).count == items.count
    numbers = Dictionary(
      uniqueKeysWithValues: items.enumerated().map { index, item in
        (item.id, areOwn ? item.externalID ?? 0 : Int64(index + 1))
      })
  }

  subscript(item: DatasetItem) -> Int64 { numbers[item.id] ?? 0 }
}
