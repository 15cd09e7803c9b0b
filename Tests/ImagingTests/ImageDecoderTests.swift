import Files
import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

@Suite struct ImageDecoderTests {
  /// One entry of decoding/index.json.
  private struct Golden: Codable {
    let expected: String
    let exact: Bool
  }

  private static let goldens: [String: Golden] =
    (try? JSONDecoder().decode(
      [String: Golden].self, from: Data(bytes("decoding/index.json")))) ?? [:]

  @Test func `all kinds of files are there to be tested`() {
    #expect(Self.goldens.count >= 40)
    #expect(Set(Self.goldens.keys.map { $0.split(separator: ".")[1] }).count == 5)
  }

  @Test func `the golden pictures themselves are read right`() throws {
    #expect(try picture("decoding/rgb.png").pixels == bytes("decoding/rgb.raw"))
  }

  /// HEIC and AVIF were read by other decoders than here, which turn YCbCr into RGB otherwise: at
  /// most 1 apart where chroma has full resolution, and for HEIC; at most 16, 0.9 in the mean, where
  /// an AVIF's chroma is upsampled.
  @Test(arguments: goldens.keys.sorted())
  func `a file of every kind has Pillow's pixels`(_ name: String) throws {
    let golden = try #require(Self.goldens[name])
    let expected = try picture("decoding/\(golden.expected)")
    let decoded = try picture("decoding/\(name)")
    let difference = try #require(Difference(decoded, expected), "\(decoded.size)")
    if golden.exact {
      #expect(difference.largest == 0, "\(difference)")
    } else {
      #expect(difference.mean <= 1.5 && difference.largest <= 24, "\(difference)")
    }
  }

  @Test(arguments: ["420", "444", "progressive"], [1, 2, 4])
  func `a JPEG decoded at a fraction of its size has Pillow's pixels`(
    _ name: String, _ eighths: Int
  ) throws {
    let expected = try picture("scaled/\(name)-\(eighths).png")
    let decoded = try ImageDecoder.decode(
      bytes: bytes("scaled/\(name).jpg"), name: name, minimumSize: expected.size)
    #expect(decoded == expected, "\(String(describing: Difference(decoded, expected)))")
  }

  @Test func `a JPEG is scaled only as far as both sides stay large enough`() {
    func scale(_ width: Int, _ height: Int, _ minimum: Int) -> Int {
      ImageDecoder.jpegScale(
        ImageSize(width: width, height: height),
        atLeast: ImageSize(width: minimum, height: minimum))
    }
    #expect(scale(4000, 3000, 320) == 1)
    #expect(scale(2552, 4000, 320) == 2)
    // 2553 / 8 is 319.1, which libjpeg rounds up.
    #expect(scale(2553, 4000, 320) == 1)
    #expect(scale(640, 427, 320) == 8)
    #expect(scale(640, 640, 320) == 4)
    #expect(scale(100, 100, 320) == 8)
  }

  @Test func `the sides that must stay large enough are those of the upright picture`() throws {
    // 67 × 45 pixels in the file, 45 × 67 when turned: half of it is 23 × 34.
    let file = try bytes("decoding/orientation-6.jpg")
    func size(_ width: Int, _ height: Int) throws -> ImageSize {
      try ImageDecoder.decode(
        bytes: file, name: "", minimumSize: ImageSize(width: width, height: height)
      ).size
    }
    #expect(try size(23, 34) == ImageSize(width: 23, height: 34))
    #expect(try size(34, 23) == ImageSize(width: 45, height: 67))
  }

  @Test func `the format is told from the content, not from the name`() throws {
    let file = try TemporaryFile(Data(bytes("decoding/rgb.png")), extension: "jpg")
    #expect(try ImageDecoder.decode(path: file.path).size == ImageSize(width: 67, height: 45))
  }

  // MARK: - Damaged files

  private func error(_ bytes: [UInt8]) -> ImagingError? {
    #expect(throws: ImagingError.self) {
      // Nothing to print a whole picture from where it is decoded after all.
      _ = try ImageDecoder.decode(bytes: bytes, name: "x")
    }
  }

  @Test(arguments: [
    "baseline-420.jpg", "progressive.jpg", "cmyk.jpg", "rgb.png", "interlaced.png", "lossy.webp",
    "alpha.webp", "lossless.webp",
  ])
  func `a file cut in the middle is called truncated`(_ name: String) throws {
    let file = try bytes("decoding/\(name)")
    let error = error(Array(file.prefix(file.count * 2 / 3)))
    guard case .truncated("x", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.kind == .badData)
  }

  @Test(arguments: ["photo.heic", "photo.avif"])
  func `a HEIF file cut in the middle is refused`(_ name: String) throws {
    let file = try bytes("decoding/\(name)")
    #expect(error(Array(file.prefix(file.count * 2 / 3)))?.kind == .badData)
  }

  @Test func `a JPEG that lacks nothing but its end marker is complete`() throws {
    let file = try bytes("decoding/baseline-444.jpg")
    #expect(file.suffix(2) == [0xFF, 0xD9])
    let decoded = try ImageDecoder.decode(bytes: file.dropLast(2), name: "x")
    #expect(decoded == (try picture("decoding/baseline-444.jpg")))
  }

  @Test func `stray bytes between a JPEG's segments are counted and skipped`() throws {
    var file = try bytes("decoding/baseline-420.jpg")
    file.insert(contentsOf: [0, 1, 2], at: 20)  // after SOI and the 18 bytes of APP0
    let decoded = try ImageDecoder.decodeWithFacts(bytes: file, name: "x")
    #expect(decoded.image == (try picture("decoding/baseline-420.jpg")))
    #expect(decoded.warnings == 1)
  }

  @Test func `no bytes, other formats and no picture at all are told apart`() {
    #expect(error([]) == .empty(path: "x"))
    #expect(
      error(Array("GIF89a, and so on".utf8))
        == .unsupported(path: "x", reason: "GIF files are not supported"))
    #expect(error(Array("Dear diary, today".utf8)) == .unrecognized(path: "x"))
    #expect(error([0xFF]) == .unrecognized(path: "x"))
  }

  /// The bytes of a valid PNG with another size in its header.
  private func png(width: UInt32, height: UInt32) throws -> [UInt8] {
    var file = try bytes("decoding/rgb.png")
    for (offset, value) in [(16, width), (20, height)] {
      for byte in 0..<4 {
        file[offset + byte] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(byte)))
      }
    }
    let checksum = crc32(file[12..<29])
    for byte in 0..<4 {
      file[29 + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(byte)))
    }
    return file
  }

  /// PNG's checksum (PNG, third edition, annex D).
  private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var rest = ~UInt32(0)
    for byte in bytes {
      rest ^= UInt32(byte)
      for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
    }
    return ~rest
  }

  /// The bytes of a valid JPEG with another size in its header.
  private func jpeg(_ name: String, width: UInt16, height: UInt16) throws -> [UInt8] {
    var file = try bytes("decoding/\(name)")
    let marker: [UInt8] = name.hasPrefix("progressive") ? [0xFF, 0xC2] : [0xFF, 0xC0]
    let start = try #require(
      file.indices.dropLast().first { file[$0] == marker[0] && file[$0 + 1] == marker[1] })
    file[start + 5] = UInt8(height >> 8)
    file[start + 6] = UInt8(height & 255)
    file[start + 7] = UInt8(width >> 8)
    file[start + 8] = UInt8(width & 255)
    return file
  }

  @Test func `a picture without pixels is refused`() throws {
    #expect(error(try png(width: 0, height: 45)) == .zeroSized(path: "x", format: "PNG"))
    #expect(error(try png(width: 67, height: 0)) == .zeroSized(path: "x", format: "PNG"))
    #expect(
      error(try jpeg("baseline-420.jpg", width: 0, height: 45))
        == .zeroSized(path: "x", format: "JPEG"))
  }

  @Test func `a gigantic picture is refused by its header`() throws {
    for (width, height) in [(100_000, 100_000), (20_000, 10_001), (1_000_001, 1)] {
      #expect(
        error(try png(width: UInt32(width), height: UInt32(height)))
          == .tooLarge(path: "x", size: ImageSize(width: width, height: height)))
    }
    #expect(
      error(try jpeg("baseline-420.jpg", width: 65_000, height: 65_000))
        == .tooLarge(path: "x", size: ImageSize(width: 65_000, height: 65_000)))
  }

  @Test(arguments: ["baseline-420.jpg", "progressive.jpg"])
  func `a small JPEG that claims 196 megapixels costs no time and no memory`(
    _ name: String
  ) throws {
    let file = try jpeg(name, width: 14_000, height: 14_000)
    let (duration, before) = (ContinuousClock(), peakMemory())
    let elapsed = duration.measure { #expect(error(file)?.kind == .badData) }
    #expect(elapsed < .seconds(2))
    #expect(peakMemory() - before < 200 << 20)
  }

  /// The largest resident size of this process so far, in bytes.
  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(.init(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  @Test func `a JPEG of endless scans is refused`() throws {
    // The first scan of a progressive file, which can be decoded again and again.
    let file = try bytes("decoding/progressive.jpg")
    let scans = file.indices.dropLast().filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
    #expect(scans.count > 5)
    let firstScan = file[scans[0]..<scans[1]]
    let endless = file[..<scans[0]] + repeatElement(firstScan, count: 200).joined() + [0xFF, 0xD9]
    #expect(
      error(Array(endless))
        == .corrupt(path: "x", format: "JPEG", reason: "it has too many scans"))
  }

  @Test func `a path without a picture is told apart from a damaged one`() throws {
    func error(_ path: String) -> ImagingError? {
      #expect(throws: ImagingError.self) { _ = try ImageDecoder.decode(path: path) }
    }
    #expect(error("/no/such/file.jpg") == .missing(path: "/no/such/file.jpg"))
    #expect(error("/no/such/file.jpg")?.kind == .noInput)
    let folder = try TemporaryFolder()
    #expect(error(folder.path) == .folder(path: folder.path))
    let locked = try TemporaryFile(Data([1]))
    chmod(locked.path, 0)
    // Nothing is locked for the superuser, who then finds one senseless byte.
    #expect(error(locked.path)?.kind == (geteuid() == 0 ? .badData : .noInput))
    let empty = try TemporaryFile(Data())
    #expect(error(empty.path) == .empty(path: empty.path))
  }

  @Test func `a pipe is read to its end`() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    // Fits into the pipe's own buffer.
    let file = try bytes("decoding/rgba-16.png")
    #expect(write(ends[1], file, file.count) == file.count)
    close(ends[1])
    defer { close(ends[0]) }
    #expect(try ImageDecoder.readAll(descriptor: ends[0], name: "-") == file)
  }

  /// Flipped, cut and overwritten bytes must neither crash nor hang; what is no error is a picture.
  @Test func `damaged bytes never do worse than throw`() throws {
    var random = SeededRandom(seed: 2015)
    let files = try Self.goldens.keys.sorted().map { try bytes("decoding/\($0)") }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(2)
    var (attempts, refusals) = (0, 0)
    while clock.now < end && attempts < 20_000 {
      var file = files[attempts % files.count]
      switch attempts / files.count % 4 {
      case 0:
        file[Int.random(in: 0..<file.count, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      case 1: file.removeLast(Int.random(in: 0..<file.count, using: &random))
      case 2:
        // Headers are where the sizes and offsets are.
        for _ in 0..<4 {
          file[Int.random(in: 0..<min(256, file.count), using: &random)] = .random(
            in: 0...255, using: &random)
        }
      default:
        for _ in 0..<8 {
          file[Int.random(in: 0..<file.count, using: &random)] = .random(
            in: 0...255, using: &random)
        }
      }
      attempts += 1
      do {
        let minimum = attempts % 2 == 0 ? ImageSize(width: 20, height: 20) : nil
        let image = try ImageDecoder.decode(bytes: file, name: "x", minimumSize: minimum)
        #expect(image.pixels.count == image.width * image.height * 3)
      } catch {
        #expect((error as? ImagingError)?.kind == .badData, "\(error)")
        refusals += 1
      }
    }
    #expect(attempts > 200 && refusals > attempts / 4)
  }
}
