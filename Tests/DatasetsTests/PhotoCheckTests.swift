import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

let samplePhoto = projectFolder.appending(path: "data/samples/chelsea.png").path

struct PhotoCheckTests {
  private func add(
    _ name: String, _ split: String, _ bytes: [UInt8]?, to check: inout PhotoCheck
  ) {
    let look: PhotoCheck.Look
    if let bytes {
      do {
        look = .seen(try PhotoTraits(bytes: bytes, name: name), content: "\(bytes.hashValue)")
      } catch {
        look = .failed(reason: "\(error)")
      }
    } else {
      look = .missing
    }
    check.add(
      .init(
        name: name, split: split, origin: DatasetOrigin(file: "/\(name)", place: .whole), look: look
      ))
  }

  @Test func findings() throws {
    let photo = try ImageDecoder.decode(path: samplePhoto)
    let original = [UInt8](photo.jpegData(quality: 90))
    let similar = [UInt8](photo.jpegData(quality: 50))
    let grey = RGBImage(
      width: 64, height: 64,
      pixels: (0..<64 * 64).flatMap { [UInt8](repeating: UInt8($0 % 251), count: 3) })
    var check = PhotoCheck()
    add("a", "train", original, to: &check)
    add("b", "train", original, to: &check)
    add("c", "val", original, to: &check)
    add("d", "val", similar, to: &check)
    add("e", "val", nil, to: &check)
    add("f", "val", [1, 2, 3], to: &check)
    add("g", "val", [UInt8](grey.pngData()), to: &check)
    // Stray bytes between two segments.
    var damaged = [UInt8](photo.jpegData(quality: 80))
    damaged.insert(contentsOf: [0, 1, 2], at: 20)
    add("h", "test", damaged, to: &check)
    add("i", "val", [UInt8](original.prefix(original.count / 2)), to: &check)
    add("j", DatasetSplit.unlisted, original, to: &check)
    let found = check.findings()
    #expect(
      found.filter { $0.origin.file != "/h" }.map(\.sentence) == [
        "/e: missing photo: there is no file of “e”",
        "/f: corrupt photo: f: not an image; readable are JPEG, PNG, WebP, HEIC and AVIF",
        "/g: greyscale photo: it has no colours",
        "/i: corrupt photo: i: the JPEG file is truncated",
        "/b: duplicate photo: the same file as /a",
        "/c: photo in two splits: the same file as /a, in “val” and “train”",
        "/c: similar photos in two splits: it looks like /h, in “val” and “test” (0 of 64 bits "
          + "differ)",
        "/d: similar photos in two splits: it looks like /a, in “val” and “train” (0 of 64 bits "
          + "differ)",
      ])
    #expect(found.first { $0.origin.file == "/h" }?.kind == .damagedPhoto)
    #expect(
      Set(found.filter { $0.kind.severity == .spoiling }.map(\.origin.file)) == [
        "/c", "/e", "/f", "/i",
      ])
  }
}
