import Tensors

/// What `transform` makes of each element, on several threads.
func parallelMap<Element: Sendable, Value: Sendable>(
  _ elements: [Element], threads: Int, _ transform: @Sendable (Element) -> Value
) -> [Value] {
  var values = [Value?](repeating: nil, count: elements.count)
  values.withUnsafeMutableBufferPointer { values in
    let values = UncheckedSendable(values)
    parallelFor(elements.count, threads: threads) { index in
      values.value[index] = transform(elements[index])
    }
  }
  return values.compactMap { $0 }
}
