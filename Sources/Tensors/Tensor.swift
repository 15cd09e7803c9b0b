/// A dense array of `Float` in row-major order, with value semantics.
public struct Tensor: Equatable, Sendable {
  public private(set) var shape: Shape
  /// The elements in row-major order; `shape.count` of them.
  public var elements: [Float]

  /// - Precondition: `elements.count == shape.count`.
  public init(_ shape: Shape, _ elements: [Float]) {
    precondition(
      elements.count == shape.count, "\(elements.count) elements for shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  public init(repeating value: Float = 0, _ shape: Shape) {
    self.init(shape, [Float](repeating: value, count: shape.count))
  }

  /// A tensor whose elements `write` sets, all of them.
  package init(uninitialized shape: Shape, _ write: (UnsafeMutablePointer<Float>) -> Void) {
    let count = shape.count
    self.init(
      shape,
      [Float](unsafeUninitializedCapacity: count) { elements, initialized in
        if let base = elements.baseAddress { write(base) }
        initialized = count
      })
  }

  /// The same elements under another shape.
  ///
  /// - Precondition: both shapes have the same number of elements.
  public func reshaped(_ shape: Shape) -> Tensor {
    Tensor(shape, elements)
  }

  /// The element at the given index of every axis.
  public subscript(_ indices: Int...) -> Float {
    get { elements[offset(indices)] }
    set { elements[offset(indices)] = newValue }
  }

  private func offset(_ indices: [Int]) -> Int {
    precondition(indices.count == shape.rank, "\(indices.count) indices for shape \(shape)")
    var offset = 0
    for (index, extent) in zip(indices, shape.extents) {
      precondition(index >= 0 && index < extent, "index \(indices) outside shape \(shape)")
      offset = offset * extent + index
    }
    return offset
  }
}
