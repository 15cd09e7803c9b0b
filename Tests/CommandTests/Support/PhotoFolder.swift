import Foundation
import Imaging
import SystemPackage

/// A folder of small pictures, all different.
final class PhotoFolder {
  let path: String
  private(set) var names: [String] = []
  private var seed = 0

  init(_ path: String) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Adds pictures called by number.
  func fill(_ count: Int) throws {
    for index in 0..<count {
      let name = String(format: "%04d.png", index)
      try add(FilePath(name))
      names.append(path + "/" + name)
    }
  }

  /// Adds a picture under a name below the folder, at once as other programs do: by renaming.
  func add(_ name: FilePath) throws {
    seed += 1
    let pixels = (0..<3600).map { UInt8(truncatingIfNeeded: ($0 &* (seed &* 2 &+ 1)) >> 3) }
    let data = RGBImage(width: 40, height: 30, pixels: pixels).pngData()
    let target = FilePath(path).pushing(name)
    try FileManager.default.createDirectory(
      atPath: target.removingLastComponent().string, withIntermediateDirectories: true)
    let file = try FileDescriptor.open(
      target, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(data) }
  }
}
