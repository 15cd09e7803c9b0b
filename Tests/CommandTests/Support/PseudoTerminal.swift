import Foundation

/// A terminal that is none: what is written to it can be read again.
final class PseudoTerminal {
  /// The path of the side that programs write to.
  let path: String
  private let descriptor: Int32
  /// Held open, so that what was written stays until it is read.
  private let other: Int32

  /// From Linux's asm-generic/ioctls.h: TIOCSPTLCK unlocks the other side, TIOCGPTN tells its number.
  private static let (unlock, tellNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

  init() throws {
    descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var locked: Int32 = 0
    var number: UInt32 = 0
    guard descriptor >= 0, ioctl(descriptor, Self.unlock, &locked) == 0,
      ioctl(descriptor, Self.tellNumber, &number) == 0
    else { throw POSIXError(.ENOTTY) }
    path = "/dev/pts/\(number)"
    other = open(path, O_RDWR | O_NOCTTY)
  }

  deinit {
    close(other)
    close(descriptor)
  }

  /// What has been written, with the line ends that were written.
  func contents() -> String {
    var bytes: [UInt8] = []
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&request, 1, 100) == 1 {
      var piece = [UInt8](repeating: 0, count: 4096)
      let count = read(descriptor, &piece, piece.count)
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
  }
}
