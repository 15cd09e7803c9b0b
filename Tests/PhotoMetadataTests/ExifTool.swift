import Foundation
import TestSupport

/// The program that other people read and write metadata with, as the judge of what is written here.
enum ExifTool {
  static let path = ["/usr/bin/exiftool", "/usr/local/bin/exiftool", "/opt/homebrew/bin/exiftool"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  static var isInstalled: Bool { path != nil }

  struct Failure: Error {
    let output: String
  }

  /// Runs it with UTF-8 on all sides.
  @discardableResult
  static func run(_ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: path ?? "")
    process.arguments =
      ["-charset", "UTF8", "-charset", "filename=UTF8", "-charset", "exif=UTF8"] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let messages = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(output: String(decoding: messages, as: UTF8.self))
    }
    return data
  }

  /// All tags of a file, named “XMP-dc:Description” and so on, with unformatted values.
  static func tags(_ bytes: [UInt8], extension: String) throws -> [String: String] {
    let file = try TemporaryFile(Data(bytes), extension: `extension`)
    let json = try run(["-j", "-G1", "-n", "-a", "-all", "-validate", file.path])
    let list = try JSONSerialization.jsonObject(with: json) as? [[String: Any]]
    return (list?.first ?? [:]).mapValues { "\($0)" }
  }

  /// The bytes of a file after the changes that the arguments ask for.
  static func changed(
    _ bytes: [UInt8], extension: String, _ arguments: [String]
  ) throws -> [UInt8] {
    let file = try TemporaryFile(Data(bytes), extension: `extension`)
    try run(["-q", "-overwrite_original"] + arguments + [file.path])
    return Array(try Data(contentsOf: URL(filePath: file.path)))
  }
}
