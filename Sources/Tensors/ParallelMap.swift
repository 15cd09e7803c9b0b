/// What `transform` makes of each element, on several threads.
package func parallelMap<Element: Sendable, Value: Sendable>(
  _ elements: [Element], threads: Int, _ transform: @Sendable (Element) -> Value
) -> [Value] {
  parallelMapByWorker(elements, threads: threads) { element, _ in transform(element) }
}

/// The same, where `transform` also learns which worker below `threads` runs it: no two run as the
/// same worker at once.
package func parallelMapByWorker<Element: Sendable, Value: Sendable>(
  _ elements: [Element], threads: Int,
  _ transform: @Sendable (_ element: Element, _ worker: Int) -> Value
) -> [Value] {
  var values = [Value?](repeating: nil, count: elements.count)
  values.withUnsafeMutableBufferPointer { values in
    let values = UncheckedSendable(values)
    parallelFor(elements.count, threads: threads) { index, worker in
      values.value[index] = transform(elements[index], worker)
    }
  }
  return values.compactMap { $0 }
}
