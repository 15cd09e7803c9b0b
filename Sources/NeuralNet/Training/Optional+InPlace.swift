extension Optional {
  /// Changes the value, if there is one, as its only owner: a tensor's elements are then changed where
  /// they lie, and not copied.
  package mutating func changeInPlace(_ change: (inout Wrapped) -> Void) {
    guard var value = self else { return }
    self = nil
    change(&value)
    self = value
  }
}
