import Foundation
import Imaging
import Store
import SystemPackage
import TestSupport
import Testing

@Suite final class BatchCommandTests: PhotoCommandTests {
  private var store: [String] { ["--store", folder.path + "/captions.sqlite"] }

  private func batch(_ arguments: [String], input: Data? = nil) throws -> CommandLineTool.Result {
    try caption.run(["batch", "--beam", "1"] + store + arguments, input: input)
  }

  @Test func `a folder prints path, tab and caption in the order of the names`() throws {
    try photos.fill(7)
    let first = try batch([photos.path])
    #expect(first.status == 0)
    #expect(first.lines.map { $0.prefix { $0 != "\t" } } == photos.names.map { $0[...] })
    #expect(first.errors.hasPrefix("caption: captioned 7 in 0:0"))
    let second = try batch([photos.path, "--threads", "1"])
    #expect(second.output == first.output)
    #expect(second.errors.hasPrefix("caption: captioned 0, already there 7 in 0:00"))
    let quiet = try batch([photos.path, "--quiet", "--json"])
    #expect(quiet.errors == "")
    #expect(quiet.lines.count == 7)
    #expect(quiet.lines[0].hasPrefix(#"{"alternatives":[],"byte_count":"#))
  }

  @Test func `progress as plain lines, and none`() throws {
    try photos.fill(3)
    let plain = try batch([photos.path, "--progress", "plain"])
    #expect(plain.errors.contains("/3 photos"))
    #expect(!plain.errors.contains("\u{1B}"))
    #expect(try batch([photos.path, "--progress", "plain", "--quiet"]).errors == "")
  }

  @Test func `a dry run tells what would be done and does nothing`() throws {
    try photos.fill(3)
    try Data("no image".utf8).write(to: URL(filePath: photos.path + "/9.jpg"))
    let fresh = try batch([photos.path, "--dry-run", "--limit", "2"])
    #expect(fresh.lines == photos.names.prefix(2).map { "new\t\($0)" })
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/captions.sqlite"))
    #expect(try batch([photos.path]).status == 65)
    let done = try batch([photos.path, "--dry-run"])
    #expect(
      done.lines == photos.names.map { "captioned\t\($0)" } + ["failed\t\(photos.path)/9.jpg"])
    #expect(
      try batch([photos.path, "--dry-run", "--redo"]).lines.allSatisfy { $0.hasPrefix("new") })
  }

  @Test func `what failed is reported, kept and tried again when asked`() throws {
    try photos.fill(1)
    try Data("no image".utf8).write(to: URL(filePath: photos.path + "/a.jpg"))
    let first = try batch([photos.path, "/nowhere.jpg"])
    #expect(first.status == 65)
    #expect(first.errors.contains("caption: \(photos.path)/a.jpg: not an image"))
    #expect(first.errors.contains("caption: /nowhere.jpg: there is no such file"))
    let second = try batch([photos.path])
    #expect(second.status == 0)
    #expect(second.errors.contains("failed before 1"))
    #expect(try batch([photos.path, "--retry-failed"]).status == 65)
    try FileManager.default.removeItem(atPath: photos.path + "/a.jpg")
    try photos.add("a.jpg")
    let mended = try batch([photos.path])
    #expect(mended.status == 0)
    #expect(mended.lines.count == 2)
  }

  @Test func `paths of any bytes, as arguments' folder and as a list`() throws {
    let names: [[CChar]] = [
      Array("with blank.png".utf8CString), Array("it's \"quoted\".png".utf8CString),
      Array("new\nline\ttab.png".utf8CString), Array("emoji 🐕.png".utf8CString),
      [0x2D, 0x78, -1, 0x2E, 0x70, 0x6E, 0x67, 0],
    ]
    for name in names { try photos.add(FilePath(platformString: name)) }
    let all = try batch([photos.path])
    #expect(all.status == 0)
    #expect(all.lines.count == names.count)
    #expect(all.output.contains(#"new\nline\ttab.png"#))
    var list = Data()
    for name in names {
      list += Data(photos.path.utf8)
      list += [47] + name.dropLast().map { UInt8(bitPattern: $0) } + [0]
    }
    let listed = try batch(["--null", "-"], input: list)
    #expect(listed.status == 0)
    #expect(Set(listed.lines) == Set(all.lines))
    #expect(listed.errors.contains("already there \(names.count)"))
    let lines = try batch(["-"], input: Data("\(photos.path)/with blank.png\r\n\n".utf8))
    #expect(lines.lines.count == 1)
  }

  /// As Windows programs write lists of files.
  @Test func `a list may begin with a byte order mark`() throws {
    let photos = try PhotoFolder(folder.path + "/marked")
    try photos.add("a.png")
    let list = "\u{FEFF}\(photos.path)/a.png\r\n"
    let result = try batch(["-"], input: Data(list.utf8))
    #expect(result.status == 0)
    #expect(result.lines.count == 1)
    let wide = Data(list.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
    let refused = try batch(["-"], input: wide)
    #expect(refused.status == 65)
    #expect(
      refused.errors
        == "caption: standard input: the list is UTF-16; “iconv -f UTF-16 -t UTF-8” makes UTF-8 of "
        + "it\n")
    let zeros = Data("\(photos.path)/a.png\0\(photos.path)/b.png\0".utf8)
    for bytes in [zeros, wide.dropFirst(2)] {
      let unclear = try batch(["-"], input: Data(bytes))
      #expect(unclear.status == 65)
      #expect(unclear.errors.contains("the list has zero bytes; --null reads paths"))
    }
  }

  @Test(
    arguments: [
      ([], 64), (["--limit", "0", "."], 64), (["--null", "."], 64), (["-", "-"], 64),
      (["--watch", "--dry-run", "."], 64), (["--store", "Package.swift", "."], 65),
      (["--store", "/proc/none/x", "."], 74), (["--model", "none", "."], 66),
    ] as [([String], Int32)])
  func `a failure has the status of its kind`(arguments: [String], status: Int32) throws {
    let result = try caption.run(["batch"] + arguments)
    #expect(result.status == status, "\(result.errors)")
  }

  @Test func `two hundred damaged files stop nothing`() throws {
    let originals = try ["china.jpg", "flower.jpg", "rocket.jpg"].map {
      [UInt8](try Data(contentsOf: projectFolder.appending(path: "data/samples/\($0)")))
    }
    var random = SystemRandomNumberGenerator()
    for index in 0..<200 {
      var bytes = originals[index % 3].prefix(40_000)
      switch index % 4 {
      case 0: bytes = bytes.prefix(Int.random(in: 0..<2_000, using: &random))
      case 1:
        for _ in 0..<20 {
          bytes[Int.random(in: 0..<600, using: &random)] = UInt8.random(in: 0...255)
        }
      case 2: bytes.replaceSubrange(2..<200, with: (2..<200).map { _ in UInt8.random(in: 0...255) })
      default: bytes = bytes.dropFirst(1)[...]
      }
      try Data(bytes).write(to: URL(filePath: photos.path + "/bad\(index).jpg"))
    }
    try photos.fill(2)
    let result = try batch([photos.path])
    #expect(result.status == 65 || result.status == 0)
    for name in photos.names { #expect(result.output.contains(name + "\t")) }
    let failures = result.errors.split(separator: "\n").filter {
      $0.contains("/bad") && !$0.contains("damaged")
    }
    #expect(result.lines.count + failures.count == 202)
  }

  @Test func `an interrupted batch says so, and the same command goes on`() throws {
    try photos.fill(150)
    let running = try caption.start(["batch", "--beam", "1"] + store + [photos.path])
    while running.outputSoFar.isEmpty { usleep(20_000) }
    running.signal(SIGINT)
    let result = try running.wait()
    #expect(result.status == 130)
    #expect(result.errors.contains("the same command goes on from here"))
    let done = result.lines.count
    #expect(done > 0 && done < 150)
    let rest = try batch([photos.path])
    #expect(rest.status == 0)
    #expect(rest.errors.contains("captioned \(150 - done), already there \(done)"))
    #expect(rest.output.hasPrefix(result.output))
  }

  @Test func `folders of systems are passed by, and said to be`() throws {
    let places = [
      "IMG_1.png", "@eaDir/IMG_1.png/SYNOPHOTO_THUMB_M.png", "#recycle/del.png",
      "$RECYCLE.BIN/del.png", "Mine.photoslibrary/resources/derivatives/x.png",
    ]
    for place in places { try photos.add(FilePath(place)) }
    try Data("film".utf8).write(to: URL(filePath: photos.path + "/a.mov"))
    func files() throws -> [Data] {
      try places.map { try Data(contentsOf: URL(filePath: photos.path + "/" + $0)) }
    }
    let before = try files()
    let result = try batch(["--embed", photos.path])
    #expect(result.status == 0 && result.lines.count == 1)
    #expect(
      result.errors.contains(
        """
        caption: passed by 1 file of another kind: 1 mov; 4 system folders: 1 #recycle, \
        1 $RECYCLE.BIN, 1 @eaDir, 1 Mine.photoslibrary
        """))
    #expect(try zip(files(), before).map { $0 == $1 } == [false, true, true, true, true])
    let named = try batch([photos.path + "/#recycle"])
    #expect(named.lines.count == 1 && !named.errors.contains("passed by"))
    #expect(try batch(["--include", "@eaDir/*", photos.path, "--dry-run"]).lines.count == 1)
  }

  @Test func `a photo without an ending is known by its content`() throws {
    try photos.add("IMG_1")
    try Data("text".utf8).write(to: URL(filePath: photos.path + "/README"))
    let result = try batch([photos.path])
    #expect(result.status == 0 && result.lines.count == 1)
    #expect(result.errors.contains("passed by 1 file of another kind: 1 without an ending"))
  }

  @Test func `watching captions what arrives, also in new folders`() throws {
    try photos.fill(1)
    let running = try caption.start(["batch", "--watch", "--beam", "1"] + store + [photos.path])
    func wait(forLines count: Int) {
      let deadline = Date(timeIntervalSinceNow: 20)
      while running.outputSoFar.split(separator: "\n").count < count, .now < deadline {
        usleep(50_000)
      }
    }
    wait(forLines: 1)
    try photos.add("later.png")
    wait(forLines: 2)
    try photos.add("new/deep/er.png")
    try photos.add(".hidden.png")
    try photos.add("@eaDir/thumb.png")
    wait(forLines: 3)
    running.signal(SIGTERM)
    let result = try running.wait()
    #expect(result.status == 143)
    #expect(result.lines.count == 3)
    #expect(result.output.contains("/new/deep/er.png\t"))
  }

  @Test func `a watched folder is not told twice of what is written into its photos`() throws {
    let running = try caption.start(
      ["batch", "--watch", "--embed", "--sidecar", "txt", "--beam", "1"] + store + [photos.path])
    let file = folder.path + "/captions.sqlite"
    #expect(running.wait { FileManager.default.fileExists(atPath: file) })
    // A copy that has not come to its end fails first.
    let sample = try Data(contentsOf: projectFolder.appending(path: "data/samples/rocket.jpg"))
    let copy = photos.path + "/copy.jpg"
    try Data("\u{FF}".utf8).write(to: URL(filePath: copy))
    #expect(running.wait { running.errorsSoFar.contains("copy.jpg: ") })
    try sample.write(to: URL(filePath: copy))
    #expect(running.wait { running.outputSoFar.contains("copy.jpg\t") })
    try photos.add("later.png")
    #expect(running.wait { running.outputSoFar.contains("later.png\t") })
    Thread.sleep(forTimeInterval: 2)
    running.signal(SIGINT)
    let result = try running.wait()
    #expect(result.lines.count == 2, "\(result.output)")
    #expect(result.errors.contains("interrupted: captioned 2, wrote 4 files"), "\(result.errors)")
    let runs = try caption.run(["runs", "list", "--all"] + store)
    #expect(runs.lines.first?.contains("\tembedded\t2\t") == true, "\(runs.output)")
    #expect(runs.lines.first?.hasSuffix("\t0\t") == true)
  }
}
