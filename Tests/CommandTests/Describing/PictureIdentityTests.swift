import Foundation
import GRDB
import Store
import SystemPackage
import TestSupport
import Testing

/// What a person noted stays with a photo, and it is not captioned anew, when other programs write
/// into its file.
@Suite struct PictureIdentityTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  private func run(_ arguments: [String]) throws -> CommandLineTool.Result {
    try caption.run(arguments + ["--store", folder.path + "/captions.sqlite"])
  }

  private func copy(_ name: String) throws -> String {
    let file = projectFolder.appending(path: "data").appending(path: name)
    let path = folder.path + "/" + file.lastPathComponent
    try FileManager.default.copyItem(atPath: file.path, toPath: path)
    return path
  }

  /// A program that Debian has.
  private static func program(_ name: String) -> String? {
    ["/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].map { $0 + name }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.program(program)))
    process.arguments = arguments
    (process.standardOutput, process.standardError) = (
      FileHandle.nullDevice, FileHandle.nullDevice
    )
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private static let photos =
    ["samples/china.jpg", "samples/rocket.jpg", "samples/chelsea.png"]
    + [
      "cmyk.jpg", "progressive.jpg", "orientation-6.jpg", "palette-alpha.png", "lossy.webp",
      "lossless.webp", "alpha.webp", "photo.heic", "alpha.heic", "rotated.heic", "photo.avif",
    ].map { "references/images/decoding/\($0)" }

  private static let exiftool = [
    ["-XMP:Rating=5"], ["-XMP-dc:Subject+=lake"], ["-EXIF:GPSLatitude=45.6", "-EXIF:Artist=Anna"],
    ["-IPTC:Keywords+=lake"], ["-XMP-dc:Description=A lake"], ["-ThumbnailImage="],
    ["-ICC_Profile:all="],
  ]

  @Test(.enabled(if: program("exiftool") != nil), arguments: photos)
  func `what exiftool writes leaves a photo the same picture`(name: String) throws {
    let photo = try copy(name)
    #expect(try run(["batch", photo]).status == 0)
    #expect(try run(["note", photo, "Rex at Lake Garda"]).status == 0)
    var edits = 0
    for arguments in Self.exiftool {
      let status = try Self.run("exiftool", ["-q", "-overwrite_original"] + arguments + [photo])
      if status == 0 { edits += 1 }
    }
    #expect(edits > 0)
    // Before any program of ours has seen the file again.
    #expect(try run(["show", photo]).output.contains("Rex at Lake Garda"))
    #expect(try run(["batch", photo]).errors.contains("captioned 0, already there 1"))
    #expect(try run(["search", "Garda"]).lines.count == 1)
    #expect(try run(["store", "check"]).status == 0)
  }

  @Test func `a note survives our own writing and its undoing`() throws {
    for name in Self.photos {
      let photo = try copy(name)
      #expect(try run(["note", photo, "Rex at Lake Garda"]).status == 0)
      #expect(try run(["batch", "--embed", photo]).status == 0)
      #expect(try run(["search", "Garda"]).output.contains("Rex at Lake Garda"))
      #expect(try run(["undo"]).status == 0)
      #expect(try run(["show", photo]).output.contains("Rex at Lake Garda"))
      #expect(try run(["batch", photo]).errors.contains("captioned 0, already there 1"))
      try FileManager.default.removeItem(atPath: photo)
    }
  }

  /// What each program is called with to write into a file, or to take all out that is no picture.
  @Test(arguments: [
    ["exiftool", "-q", "-overwrite_original", "-all="],
    ["exiv2", "-M", "set Xmp.xmp.Rating 4"], ["exiv2", "-M", "set Exif.Image.Artist Anna"],
    ["exiv2", "rm"], ["jhead", "-purejpg"], ["jhead", "-cl", "A lake"], ["jhead", "-dt"],
  ])
  func `other programs leave a JPEG the same picture`(command: [String]) throws {
    guard Self.program(command[0]) != nil else { return }
    // Not one that is turned by what they take out.
    for name in Self.photos where name.hasSuffix("jpg") && !name.contains("orientation") {
      let photo = try copy(name)
      #expect(try run(["note", photo, "Rex at Lake Garda"]).status == 0)
      #expect(try run(["batch", photo]).status == 0)
      #expect(try Self.run(command[0], command.dropFirst() + [photo]) == 0)
      #expect(try run(["show", photo]).output.contains("Rex at Lake Garda"), "\(name)")
      #expect(try run(["batch", photo]).errors.contains("captioned 0, already there 1"), "\(name)")
      try FileManager.default.removeItem(atPath: photo)
    }
  }

  @Test(.enabled(if: program("exiftool") != nil))
  func `a photo that was turned keeps its note and is captioned again`() throws {
    for name in ["samples/china.jpg", "samples/chelsea.png"] {
      let photo = try copy(name)
      #expect(try run(["note", photo, "Rex at Lake Garda"]).status == 0)
      #expect(try run(["batch", photo]).status == 0)
      #expect(
        try Self.run(
          "exiftool", ["-q", "-n", "-overwrite_original", "-EXIF:Orientation=6", photo]) == 0)
      #expect(try run(["batch", photo]).errors.contains("captioned 1 in"))
      #expect(try run(["batch", photo]).errors.contains("captioned 0, already there 1"))
      let shown = try run(["show", photo]).output
      #expect(shown.contains("Rex at Lake Garda"))
      #expect(shown.contains(name.hasSuffix("jpg") ? "427×640" : "300×451"), "\(shown)")
    }
  }

  @Test func `an earlier store takes up what makes its pictures as they are read`() throws {
    let photo = try copy("samples/china.jpg")
    #expect(try run(["note", photo, "Rex at Lake Garda"]).status == 0)
    #expect(try run(["batch", photo]).status == 0)
    let store = try Store(path: FilePath(folder.path + "/captions.sqlite"), for: .write)
    try store.write {
      try $0.execute(
        sql: "UPDATE images SET picture_hash = NULL; UPDATE captions SET orientation = NULL")
    }
    try store.close()
    #expect(try run(["batch", photo]).errors.contains("captioned 0, already there 1"))
    // A comment, as many programs write it, behind the first marker.
    var bytes = try Data(contentsOf: URL(filePath: photo))
    bytes.insert(contentsOf: [0xFF, 0xFE, 0, 4, 65, 66], at: 2)
    try bytes.write(to: URL(filePath: photo))
    #expect(try run(["show", photo]).output.contains("Rex at Lake Garda"))
    #expect(try run(["batch", photo]).errors.contains("captioned 0, already there 1"))
  }
}
