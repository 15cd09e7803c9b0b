internal import Foundation

/// What the name of a file says of who is writing it.
enum TemporaryName: Equatable {
  /// This program, on this machine since it was started.
  case own
  /// This program, elsewhere or before.
  case foreign
  /// Foundation, perhaps for this program.
  case ofFoundation

  /// Nil for all other names, also where they are much alike.
  init?(_ name: String) {
    guard name.utf8.allSatisfy({ $0 < 128 }) else { return nil }
    // What SQLite makes beside a store that is being written has no lock.
    for log in ["-journal", "-wal", "-shm"] where name.hasSuffix(".tmp" + log) {
      guard TemporaryName(String(name.dropLast(log.count))) != nil else { return nil }
      self = .foreign
      return
    }
    if let digits = Self.middle(of: name, ".caption-", ".tmp"), digits.count == 16,
      digits.allSatisfy(Self.isDigit)
    {
      self = digits.hasPrefix(Self.machine) ? .own : .foreign
    } else if let identifier = Self.middle(of: name, ".caption-", ".tmp")
      ?? Self.middle(of: name, ".caption-", ""), Self.isUUID(identifier)
    {
      // As earlier versions called them.
      self = .foreign
    } else if let rest = Self.middle(of: name, ".dat.nosync", "") {
      // The process's number, a dot and what mkstemp(3) puts in the place of six letters.
      let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy(\.isHexDigit),
        parts[1].count == 6, parts[1].allSatisfy({ $0.isLetter || $0.isNumber })
      else { return nil }
      self = .ofFoundation
    } else {
      return nil
    }
  }

  /// A name for another file: `.caption-`, eight digits that are the same as long as the machine is
  /// not started again, eight at random, and `.tmp`.
  static func new() -> String {
    ".caption-" + machine + digits(UInt32.random(in: .min ... .max)) + ".tmp"
  }

  /// Names the machine and the time that it was started; of processes where that is not known, each
  /// has its own.
  private static let machine = digits(start ?? UInt32.random(in: .min ... .max))

  /// A hash of what the system calls its start.
  private static var start: UInt32? {
    #if canImport(Darwin)
      var name = [UInt8](repeating: 0, count: 64)
      var count = name.count
      guard sysctlbyname("kern.bootsessionuuid", &name, &count, nil, 0) == 0 else { return nil }
    #else
      let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      var name = [UInt8](repeating: 0, count: 64)
      let count = read(descriptor, &name, name.count)
    #endif
    guard count >= 32 else { return nil }
    return StableHash.of32Bits(name[..<count])
  }

  private static func digits(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static func middle(of name: String, _ prefix: String, _ suffix: String) -> Substring? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix),
      name.count >= prefix.count + suffix.count
    else { return nil }
    return name.dropFirst(prefix.count).dropLast(suffix.count)
  }

  private static func isDigit(_ character: Character) -> Bool {
    "0"..."9" ~= character || "a"..."f" ~= character
  }

  private static func isUUID(_ text: Substring) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && parts.joined().allSatisfy { "0"..."9" ~= $0 || "A"..."F" ~= $0 }
  }
}
