package import Tensors

/// What training changes: a layer, or a model made of layers.
///
/// Everything that belongs to each parameter of a model is a value of the model's own type:
/// `model.zeros()` are its gradients before the first backward pass, and its moving average is a
/// second model. Optimizers, clipping, averages and checkpoints all walk over the parameters by
/// `visitParameters`, which is all that a layer has to write:
///
///     mutating func visitParameters(_ visit: ParameterVisitor) {
///       visit("embedding", &embedding)
///       visit("lstm", &lstm)
///       visit("fc", &output)
///     }
///
/// A training step is then
///
///     gradients.reset()
///     … forward, loss, and backward passes that add to `gradients.embedding` and so on
///     gradients.clip(toNorm: 5)
///     optimizer.update(&model, gradients, rate: schedule.rate(step: step))
package protocol Trainable: Sendable {
  /// Calls `visit` with every parameter under its checkpoint key, always in the same order.
  mutating func visitParameters(_ visit: ParameterVisitor)
}

/// What a walk over parameters does at each of them; knows under which names it came there.
package struct ParameterVisitor {
  /// - Parameters:
  ///   - tensor: the parameter.
  ///   - touched: in gradients of a table, which of its rows may differ from zero; nil for all.
  package typealias Body = (
    _ parameter: Parameter, _ tensor: inout Tensor, _ touched: inout TouchedRows?
  ) -> Void

  /// What a visitor is told about a parameter.
  package struct Parameter {
    /// Its checkpoint key.
    package let name: String
    /// Whether it is a running statistic, or belongs to a frozen layer: it has no gradient, and
    /// optimizers leave it alone.
    package let isStatistic: Bool
    /// Whether a step reads only some of its rows.
    package let isTable: Bool
  }

  private let prefix: String
  private let body: Body

  package init(_ body: @escaping Body) {
    self.init(prefix: "", body: body)
  }

  private init(prefix: String, body: @escaping Body) {
    self.prefix = prefix
    self.body = body
  }

  package func callAsFunction(_ name: String, _ tensor: inout Tensor) {
    var none: TouchedRows?
    body(Parameter(name: prefix + name, isStatistic: false, isTable: false), &tensor, &none)
  }

  package func callAsFunction(_ name: String, _ tensor: inout Tensor?) {
    tensor.changeInPlace { self(name, &$0) }
  }

  package func callAsFunction(
    _ name: String, _ table: inout Tensor, touched: inout TouchedRows?
  ) {
    body(Parameter(name: prefix + name, isStatistic: false, isTable: true), &table, &touched)
  }

  package func statistic(_ name: String, _ tensor: inout Tensor) {
    var none: TouchedRows?
    body(Parameter(name: prefix + name, isStatistic: true, isTable: false), &tensor, &none)
  }

  package func callAsFunction(_ name: String, _ layer: inout some Trainable) {
    layer.visitParameters(ParameterVisitor(prefix: prefix + name + ".", body: body))
  }

  package func callAsFunction<Layer: Trainable>(_ name: String, _ layer: inout Layer?) {
    layer.changeInPlace { self(name, &$0) }
  }

  /// A frozen layer.
  package func frozen(_ name: String, _ layer: inout some Trainable) {
    layer.visitParameters(
      ParameterVisitor(prefix: prefix + name + ".") { parameter, tensor, touched in
        let frozen = Parameter(name: parameter.name, isStatistic: true, isTable: false)
        body(frozen, &tensor, &touched)
      })
  }

  package func callAsFunction<Layer: Trainable>(_ name: String, _ layers: inout [Layer]) {
    for index in layers.indices { self("\(name).\(index)", &layers[index]) }
  }
}

/// Which rows of a table's gradient may differ from zero: with a vocabulary of many thousands of
/// words, a step need not pass over the words that it did not read.
package struct TouchedRows: Sendable, Equatable {
  /// In the order in which they were first touched.
  package private(set) var rows: [Int] = []
  private var isTouched: [Bool]

  package init(of count: Int) {
    isTouched = [Bool](repeating: false, count: count)
  }

  /// - Precondition: `row` is a row of the table.
  package mutating func insert(_ row: Int) {
    guard !isTouched[row] else { return }
    isTouched[row] = true
    rows.append(row)
  }

  package mutating func removeAll() {
    for row in rows { isTouched[row] = false }
    rows.removeAll(keepingCapacity: true)
  }
}

extension Trainable {
  /// All parameters by checkpoint key, running statistics among them.
  package var tensors: [String: Tensor] {
    var result: [String: Tensor] = [:]
    forEachParameter { parameter, tensor, _ in result[parameter.name] = tensor }
    return result
  }

  /// How many numbers training changes.
  package var parameterCount: Int {
    var count = 0
    forEachParameter { parameter, tensor, _ in
      if !parameter.isStatistic { count += tensor.shape.count }
    }
    return count
  }

  /// Replaces every parameter by the one of the same name.
  ///
  /// - Throws: `WeightError` if one is missing or has another shape; some may be replaced then.
  package mutating func load(_ weights: WeightReader) throws {
    var failure: (any Error)?
    visitParameters(
      ParameterVisitor { parameter, tensor, _ in
        guard failure == nil else { return }
        do { tensor = try weights.tensor(parameter.name, tensor.shape) } catch { failure = error }
      })
    if let failure { throw failure }
  }

  /// Calls `body` with every parameter, to look at.
  func forEachParameter(
    _ body: @escaping (ParameterVisitor.Parameter, Tensor, TouchedRows?) -> Void
  ) {
    var copy = self
    copy.visitParameters(ParameterVisitor { body($0, $1, $2) })
  }

  /// Calls `body` with every parameter and what `other` has in its place.
  mutating func forEachParameter(
    with other: Self,
    _ body: @escaping (ParameterVisitor.Parameter, inout Tensor, Tensor, TouchedRows?) -> Void
  ) {
    var others: [(tensor: Tensor, touched: TouchedRows?)] = []
    other.forEachParameter { others.append(($1, $2)) }
    var index = 0
    visitParameters(
      ParameterVisitor { parameter, tensor, _ in
        precondition(
          index < others.count && others[index].tensor.shape == tensor.shape,
          "“\(parameter.name)” has no counterpart of shape \(tensor.shape)")
        body(parameter, &tensor, others[index].tensor, others[index].touched)
        index += 1
      })
  }
}
