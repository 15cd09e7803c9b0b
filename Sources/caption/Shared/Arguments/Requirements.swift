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
  guard !isGiven, options.hasAny else { return }
  throw ValidationError("\(options.names) \(options.count == 1 ? "goes" : "go") with \(other).")
}

/// Refuses options that do nothing beside another, if any of them was given.
///
/// - Parameters:
///   - other: what makes them idle.
///   - isGiven: whether that was given.
/// - Throws: `ValidationError`: “--epochs does nothing with --steps.”
func excludes(_ options: GivenOptions, with other: String, _ isGiven: Bool) throws {
  guard isGiven, options.hasAny else { return }
  throw ValidationError(
    "\(options.names) \(options.count == 1 ? "does" : "do") nothing with \(other).")
}

extension GivenOptions {
  var hasAny: Bool { contains { $0.value != nil && $0.value as? Bool != false } }

  /// “--crop, --colour and --flip”
  fileprivate var names: String {
    let names = map(\.key)
    return names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }
}
