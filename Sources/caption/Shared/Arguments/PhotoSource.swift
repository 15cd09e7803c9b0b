import Imaging
import SystemPackage

/// An image named on the command line: a path, or `-` for standard input.
struct PhotoSource {
  let name: String
  let bytes: [UInt8]

  /// The file that an argument names.
  static func path(of argument: String) -> FilePath {
    argument == "-" ? "/dev/stdin" : FilePath(argument: argument)
  }

  /// - Throws: `ImagingError` if the file cannot be read; `FileError.notRead` where standard input is
  ///   closed.
  init(argument: String) throws {
    if argument == "-" {
      name = "standard input"
      bytes = try ImageDecoder.readAll(descriptor: standardInput().rawValue, name: name)
    } else {
      name = argument
      // Also from pipes, as shells make for `<(…)`.
      bytes = try ImageDecoder.readAll(FilePath(argument: argument), waits: true)
    }
  }
}
