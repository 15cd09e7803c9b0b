import Captioning
import Foundation
import Imaging
import TestSupport

/// What the examples of options run on: a folder of small photos, models, stores and texts.
struct OptionInputs {
  private let folder: TemporaryFolder
  private let caption: CommandLineTool
  var path: String { folder.path }

  /// Of all files of a copy: what a run writes is younger.
  static let date = Date(timeIntervalSince1970: 1_577_836_800)

  init(_ caption: CommandLineTool) throws {
    folder = try TemporaryFolder()
    self.caption = caption
    try writePhotos()
    try writeTexts()
    try makeModels()
    try fillStores()
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      try FileManager.default.setAttributes(
        [.modificationDate: Self.date], ofItemAtPath: "\(path)/\(name)")
    }
  }

  /// The folder “run” of a new folder, with everything in it. What the sets of captioned photos hold
  /// is only linked to: no command writes into photos' files, but puts others into their places.
  static func copy(_ inputs: String) throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    let manager = FileManager.default
    let run = copy.path + "/run"
    try manager.createDirectory(atPath: run, withIntermediateDirectories: false)
    for name in try manager.contentsOfDirectory(atPath: inputs) {
      let (from, to) = ("\(inputs)/\(name)", "\(run)/\(name)")
      if name.hasPrefix("set") {
        try manager.linkItem(atPath: from, toPath: to)
      } else {
        try manager.copyItem(atPath: from, toPath: to)
      }
    }
    for name in try manager.subpathsOfDirectory(atPath: run) where !name.hasPrefix("set") {
      try manager.setAttributes([.modificationDate: date], ofItemAtPath: "\(run)/\(name)")
    }
    return copy
  }

  private func write(_ data: Data, _ name: String) throws {
    let file = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  private func write(_ text: String, _ name: String) throws { try write(Data(text.utf8), name) }

  private func writePhoto(_ name: String, _ seed: Int, caption: String? = nil) throws {
    let pixels = (0..<3600).map { UInt8(truncatingIfNeeded: ($0 &* (seed &* 2 &+ 1)) >> 3) }
    try write(RGBImage(width: 40, height: 30, pixels: pixels).pngData(), name)
    if let caption { try write(caption + "\n", name + ".txt") }
  }

  private func writePhotos() throws {
    for index in 0..<4 { try writePhoto("photos/\(index).png", index + 1) }
    try writePhoto("photos/below/4.png", 5)
    try write("no picture", "photos/broken.jpg")
    try writePhoto("new/5.png", 6)
    for index in 0..<4 { try writePhoto("gone/\(index).png", index + 60) }
    let captions = [
      "A red dog on the grass.", "A dog in the deep white snow.", "A cat sleeps on a table.",
      "A red table and a cat.", "Two dogs run on a beach.", "A white cat in the snow.",
    ]
    for index in 0..<12 {
      try writePhoto(
        "set/\(index < 8 ? "train" : "val")/\(index).png", index + 10,
        caption: captions[index % 6] + "\n" + captions[(index * 5 + 1) % 6])
    }
    for index in 0..<4 {
      for split in ["train", "val"] {
        try writePhoto("set2/\(split)/\(index).png", index + 30, caption: captions[index])
      }
      try writePhoto("set3/\(index).png", index + 50, caption: captions[index])
    }
    // Enough to calibrate by; the model says some of it.
    let known = [
      "A red dog on the the.", "A red dog the the snow.", "Seven planes over water.",
      "Many people near a boat.",
    ]
    for index in 0..<56 {
      try writePhoto("set4/train/\(index).png", index + 600, caption: known[index % 4])
      try writePhoto("set4/val/\(index).png", index + 100, caption: known[index % 4])
    }
    let flower = RGBImage(
      width: 64, height: 48, pixels: (0..<64 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 * $0) }
    ).jpegData(quality: 90)
    // A restart that nobody announced, which is passed over and told.
    let middle = flower.count * 3 / 4
    try write(flower.prefix(middle) + [0xFF, 0xD3] + flower.dropFirst(middle), "damaged.jpg")
    try write(segment(0xFE, Data("My dog".utf8), in: flower), "described.jpg")
    let box =
      Data("JP\0\u{1}\0\0\0\u{1}\0\0\0\u{2E}jumb\0\0\0\u{1E}jumdc2pa".utf8) + Data(count: 16)
    try write(segment(0xEB, box, in: flower), "signed.jpg")
  }

  /// A JPEG with a segment behind its beginning.
  private func segment(_ marker: UInt8, _ payload: Data, in photo: Data) -> Data {
    photo.prefix(2) + [0xFF, marker, UInt8((payload.count + 2) >> 8), UInt8(payload.count + 2)]
      + payload + photo.dropFirst(2)
  }

  private func writeTexts() throws {
    try write("notes\n", "notes.md")
    try write("notes\n", "notes.md.svg")
    try write("photos/0.png\nphotos/1.png\n", "list.txt")
    try write("photos/0.png\0photos/1.png\0", "list0.txt")
    try write((0..<10).map { "class \($0)\n" }.joined(), "labels.txt")
    let films = "a good film\na bad film\nnot a film that i would call good\n"
    try write(String(repeating: films, count: 30), "texts.txt")
    try write((0..<30).map { "a film number \($0)\n" }.joined(), "thirty.txt")
    try write("a good film\na bad film\nsome words\n", "three.txt")
    try write(Data("a good caf".utf8) + [0xE9, 0x0A], "latin.txt")
    let rows = (0..<24).map { "the film number \($0) is a \($0 % 2 == 1 ? "good" : "bad") one" }
    try write(
      "text\tother\tlabel\tsecond\n"
        + rows.enumerated().map { "\($1)\tsome words \($0)\t\($0 % 2)\t\($0 % 3 % 2)\n" }.joined(),
      "texts.tsv")
    try write(
      "text\tlabel\n" + rows.prefix(12).enumerated().map { "\($1) more\t\($0 % 2)\n" }.joined(),
      "more.tsv")
    try write(
      String(repeating: "there is a table\nthis is a chair\nsome words more\n", count: 4),
      "neutral.txt")
    let words = ["the", "film", "number", "is", "a", "good", "bad", "one", "some", "words"]
    try write(
      words.enumerated().map { index, word in
        word + (0..<8).map { " 0.\((index * 7 + $0) % 5)" }.joined() + "\n"
      }.joined(), "vectors.txt")
    try write(
      "<pad>\n<start>\n<end>\n<unk>\na\nred\ndog\non\nthe\ngrass\ncat\ntable\nsnow\nand\nin\n",
      "words.txt")
    for (name, place) in [("references.json", "grass"), ("references2.json", "snow")] {
      try write(
        """
        {"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}],
        "annotations": [{"image_id": 1, "id": 1, "caption": "A dog on the \(place)"},
        {"image_id": 2, "id": 2, "caption": "A cat on a table"}]}
        """, name)
    }
    try write(
      #"[{"image_id": 1, "caption": "a dog on grass"}, {"image_id": 2, "caption": "a cat"}]"#,
      "results.json")
    try write(#"[{"image_id": 1, "caption": "a dog"}]"#, "results2.json")
    try write("image,split,caption\n0.png,test,A dog\n1.png,,A cat\n9.png,,A cow\n", "captions.csv")
    try write("image\tcaption\n0.png\tA dog\n1.png\tA cat\n", "tabs.csv")
    try write("image,caption\n0.png,A dog\n1.png\n", "broken.csv")
  }

  private func run(_ arguments: String, input: String? = nil) throws -> String {
    let result = try caption.run(
      arguments.split(separator: " ").map(String.init), in: path,
      input: input.map { Data($0.utf8) },
      environment: ["CAPTION_STORE": path + "/captions.sqlite", "XDG_CACHE_HOME": path + "/cache"])
    // Some photos are broken.
    guard [0, 65, 66].contains(result.status) else {
      throw InputsError(arguments: arguments, errors: result.errors)
    }
    return result.output
  }

  private struct InputsError: Error {
    let arguments: String
    let errors: String
  }

  private func makeModels() throws {
    for (name, seed) in [("mine", 1), ("other", 2)] {
      _ = try run(
        """
        train --dataset ./set --output \(name) --seed \(seed) --steps 40 --rate 1e-2 --average 0.5 \
        --encoder lenet5 --fine-tune all --embedding 16 --hidden 24 --attention 8 \
        --minimum-count 1 --threads 1 -q
        """)
    }
    let saved = try savedWeights("lenet5", outputs: [.map, .embedding, .logits])
    let weights = try withExtendedLifetime(saved) {
      try Data(contentsOf: URL(filePath: saved.path))
    }
    try write(weights, "weights.safetensors")
    let header = 8 + weights.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    try write(
      weights.prefix(header) + Data(count: weights.count - header), "weights2.safetensors")
    let small = "--embedding 8 --hidden 8 --heads 2 --steps 2 --threads 1 -q"
    _ = try run("sentiment pretrain texts.txt --batch 1 --output language \(small)")
    _ = try run("sentiment train texts.tsv --text-column text --output feeling \(small)")
  }

  private func fillStores() throws {
    for command in [
      "batch -q --model ./mine photos", "batch -q --model ./other photos",
      "note photos/0.png mynote", "dataset import d --format folder set -q",
      "dataset import e --format folder set -q", "dataset import c --format folder set4 -q",
      "dataset import c2 --format folder set4 -q",
      "dataset import missing --format folder set3 --split test -q",
      "evaluate --dataset d --split val --model ./mine -q",
      "evaluate --dataset d --split val --model ./other -q",
      "sentiment --model ./feeling --keep --file three.txt -q",
      "sentiment --model ./feeling --store many.sqlite --file thirty.txt -q",
      "batch -q --model ./mine --sidecar txt photos", "batch -q --model ./mine gone",
      "batch -q --model ./mine new --store few.sqlite",
      "batch -q --model ./other new --store few.sqlite",
    ] { _ = try run(command) }
    try FileManager.default.removeItem(atPath: path + "/gone/0.png")
    try write("no picture", "mended/0.png")
    _ = try run("batch -q --model ./mine mended")
    try writePhoto("mended/0.png", 70)
    _ = try run("batch -q --model ./mine mended")
    try write("no picture", "set3/0.png")
    try write("no picture", "set4/val/3.png")
    _ = try run("evaluate --dataset missing --model ./mine -q")
    let captioned = try run("worker --model ./mine", input: "photos/0.png\n")
    try write(captioned, "worker.ndjson")
    try write(
      (0..<60).map { index in
        let hash = String(format: "%064x", index + 1)
        return captioned.replacing("photos/0.png", with: "/nowhere/\(index).png")
          .replacing(/_hash":"[0-9a-f]+"/, with: "_hash\":\"\(hash)\"")
          .replacing(/"caption":"[^"]*"/, with: "\"caption\":\"a dog \(index)\"")
      }.joined(), "many.ndjson")
    _ = try run("store import many.ndjson --store many.sqlite")
  }
}
