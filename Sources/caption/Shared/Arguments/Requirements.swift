import ArgumentParser

/// Options by their names, with what was given for them: nil, or false for a flag, for nothing.
typealias GivenOptions = KeyValuePairs<String, Any?>

/// Refuses options that do nothing without another, if any of them was given.
///
///     try requires(["--momentum": momentum], with: "--optimizer sgd", optimizer == .sgd)
///
/// - Parameters:
///   - other: what they go with.
///   - isGiven: whether that was given.
/// - Throws: `ValidationError`: “--momentum goes with --optimizer sgd.”
func requires(_ options: GivenOptions, with other: String, _ isGiven: Bool) throws {
  guard !isGiven, let names = options.names else { return }
  throw ValidationError("\(names.text) \(names.areMany ? "go" : "goes") with \(other).")
}

/// Refuses options that do nothing beside another, if any of them was given.
///
/// - Parameters:
///   - other: what makes them idle.
///   - isGiven: whether that was given.
/// - Throws: `ValidationError`: “--epochs does nothing with --steps.”
func excludes(_ options: GivenOptions, with other: String, _ isGiven: Bool) throws {
  guard isGiven, let names = options.names else { return }
  throw ValidationError("\(names.text) \(names.areMany ? "do" : "does") nothing with \(other).")
}

extension GivenOptions {
  /// Those that were given, as “--crop, --colour and --limit”; nil where none was.
  fileprivate var names: (text: String, areMany: Bool)? {
    let names = filter { $0.value != nil && $0.value as? Bool != false }.map(\.key)
    guard let last = names.last else { return nil }
    guard names.count > 1 else { return (last, false) }
    return (names.dropLast().joined(separator: ", ") + " and " + last, true)
  }
}
