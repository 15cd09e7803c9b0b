import CaptionTraining
import Captioning
import Foundation
import Imaging
import SystemPackage
import Tensors
import TestSupport
import Testing
import Training

@Suite struct TrainCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  private static let grounds: [(String, [UInt8])] = [
    ("red", [200, 30, 30]), ("green", [30, 160, 40]), ("blue", [30, 50, 200]),
    ("white", [240, 240, 240]),
  ]
  private static let shapes: [(String, @Sendable (Int, Int) -> Bool)] = [
    ("a square", { abs($0 - 48) < 24 && abs($1 - 48) < 24 }),
    ("stripes", { x, _ in x / 8 % 2 == 0 }),
    ("a circle", { ($0 - 48) * ($0 - 48) + ($1 - 48) * ($1 - 48) < 900 }),
    ("a bar", { _, y in abs(y - 70) < 10 }),
  ]

  /// The names of 16 pictures and what they show.
  private let photos: [(path: String, caption: String)]

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    let images = folder.path + "/images"
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    var photos: [(String, String)] = []
    for (ground, colour) in Self.grounds {
      for (shape, isIn) in Self.shapes {
        let path = "\(images)/\(photos.count).png"
        let pixels = (0..<96 * 96).flatMap { isIn($0 % 96, $0 / 96) ? [20, 20, 20] : colour }
        try RGBImage(width: 96, height: 96, pixels: pixels).pngData()
          .write(to: URL(filePath: path))
        let text = "\(shape.prefix(1).uppercased() + shape.dropFirst()) on \(ground) ground."
        try Data((text + "\n").utf8).write(to: URL(filePath: path + ".txt"))
        photos.append((path, text))
      }
    }
    self.photos = photos
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  private func arguments(_ output: String, steps: Int, _ more: [String]) -> [String] {
    [
      "train", "--dataset", path("images"), "--split", "all", "--validation-split", "all",
      "--output", path(output), "--features", path("features"), "--steps", "\(steps)", "--batch",
      "16", "--threads", "1",
    ] + more
  }

  private let small = [
    "--embedding", "32", "--hidden", "64", "--attention", "32", "--minimum-count", "1", "--dropout",
    "0", "--embedding-dropout", "0", "--label-smoothing", "0", "--average", "0.9", "--rate", "1e-2",
    "--validate-every", "60",
  ]

  @Test func `a small model is trained, and its captions come out right`() throws {
    let result = try caption.run(arguments("model", steps: 180, small))
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("16 photos, 16 captions"))
    #expect(result.errors.contains("an epoch of 1 steps takes about"))
    #expect(result.errors.contains("  0.png: A square on red ground."))
    #expect(result.output.contains("CIDEr-D on images-all\t10.0000"))
    #expect(result.output.contains("BLEU-4 on images-all\t1.0000"))
    let captions = try caption.run(["--model", path("model")] + photos.map(\.path))
    #expect(captions.lines == photos.map { "\($0.path)\t\($0.caption)" })
    let better = try caption.run(
      arguments(
        "better", steps: 4,
        ["--from", path("model"), "--self-critical", "--quiet"]))
    #expect(better.status == 0, "\(better.errors)")
    #expect(better.output.contains("CIDEr-D on images-all\t10.0000") && better.errors.isEmpty)
  }

  @Test func `a check says whether a set-up can learn`() throws {
    func check(_ more: [String]) throws -> CommandLineTool.Result {
      try caption.run(
        [
          "train", "check", "--dataset", path("images"), "--split", "all", "--features",
          path("features"), "--threads", "1", "--embedding", "32", "--hidden", "64", "--attention",
          "32", "--minimum-count", "1",
        ] + more)
    }
    let learns = try check(["--rate", "1e-2"])
    #expect(learns.status == 0, "\(learns.output)\(learns.errors)")
    #expect(learns.errors.contains("15 photos with a caption each"))
    #expect(learns.output.contains("captions word for word\t15 of 15"))
    #expect(learns.lines.last?.hasPrefix("This set-up can learn: 15 of 15") == true)
    let tunes = try check([
      "--rate", "1e-2", "--batch", "2", "--fine-tune", "_conv_head", "--quiet",
    ])
    #expect(tunes.status == 0 && tunes.errors.isEmpty, "\(tunes.output)\(tunes.errors)")
    let stays = try check(["--rate", "1e-9", "--steps", "20", "--quiet"])
    #expect(stays.status == 1 && stays.errors.isEmpty)
    #expect(stays.output.contains("the --rate may be too low"))
  }

  @Test(arguments: ["attention", "show-and-tell"])
  func `a run that is killed goes on, to the same model`(decoder: String) throws {
    let sizes = Array(small.dropFirst(decoder == "attention" ? 0 : 6)) + ["--decoder", decoder]
    let whole = try caption.run(arguments("whole", steps: 40, sizes))
    #expect(whole.status == 0, "\(whole.errors)")
    try caption.runAndKill(
      arguments("parts", steps: 40, sizes + ["--checkpoint-every", "1"]),
      after: path("parts/checkpoint.safetensors"))
    let resumed = try caption.run(arguments("parts", steps: 40, sizes + ["--resume"]))
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(
      try Data(contentsOf: URL(filePath: path("whole/model.safetensors")))
        == Data(contentsOf: URL(filePath: path("parts/model.safetensors"))))
  }

  @Test func `an encoder is trained along, from a layer on or from nothing`() throws {
    let first = try caption.run(arguments("first", steps: 20, small + ["--quiet"]))
    #expect(first.status == 0, "\(first.errors)")
    let tuning = ["--from", path("first"), "--fine-tune", "_conv_head", "--encoder-rate", "1e-4"]
    let tuned = try caption.run(
      arguments("tuned", steps: 6, tuning + ["--validate-every", "3", "--checkpoint-every", "1"]))
    #expect(tuned.status == 0, "\(tuned.errors)")
    #expect(tuned.errors.contains("parameters to train; "))
    func encoder(_ model: String) throws -> [String: Tensor] {
      let file = try SafetensorsFile(path: path("\(model)/model.safetensors"))
      let names = file.entries.keys.filter { $0.hasPrefix("encoder.") }
      return Dictionary(uniqueKeysWithValues: try names.map { ($0, try file.tensor($0)) })
    }
    let (before, after) = (try encoder("first"), try encoder("tuned"))
    #expect(before.keys == after.keys)
    for (name, tensor) in before {
      let isTrained = name.hasPrefix("encoder._conv_head")
      #expect((after[name] != tensor) == isTrained, "\(name)")
    }
    // Stopped and resumed, with all that is random in it.
    let parts = arguments(
      "parts", steps: 6, tuning + ["--validate-every", "3", "--checkpoint-every", "1"])
    try caption.runAndKill(parts, after: path("parts/checkpoint.safetensors"))
    let resumed = try caption.run(parts + ["--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try encoder("parts") == after)

    let random = try caption.run(
      arguments(
        "own", steps: 2,
        small + ["--encoder", "resnet18", "--size", "32", "--fine-tune", "all", "--no-flip"]))
    #expect(random.status == 0, "\(random.errors)")
    let described = try caption.run(["--model", path("own"), photos[0].path])
    #expect(described.status == 0, "\(described.errors)")
    let reward = try caption.run(
      arguments(
        "reward", steps: 2,
        [
          "--from", path("first"), "--fine-tune", "_conv_head", "--self-critical", "--candidates",
          "drawn", "--baseline", "greedy", "--quiet",
        ]))
    #expect(reward.status == 0, "\(reward.errors)")
  }

  @Test func `a library's call trains what the command trains`() throws {
    let result = try caption.run(arguments("command", steps: 6, small + ["--quiet"]))
    #expect(result.status == 0, "\(result.errors)")
    var start = NewCaptioner(
      encoderOf: try ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)
    )
    (start.decoder.embedding, start.decoder.hidden, start.decoder.attention) = (32, 64, 32)
    start.minimumCount = 1
    var options = CaptioningPlan.Options()
    (options.course.steps, options.course.rate, options.course.threads) = (6, 1e-2, 1)
    options.regularization.dropout = 0
    options.regularization.embeddingDropout = 0
    options.regularization.labelSmoothing = 0
    options.regularization.average = 0.9
    options.batch = 16
    options.features = FilePath(path("features"))
    let items = photos.sorted { $0.path < $1.path }.map { photo in
      CaptionedPhotos.Photo(
        name: URL(filePath: photo.path).lastPathComponent, path: FilePath(photo.path),
        captions: [photo.caption])
    }
    let outcome = try CaptioningPlan(
      CaptionedPhotos(name: path("images"), training: items, validation: items), .new(start),
      options: options
    ).train(into: path("library"))
    #expect(outcome.steps == 6)
    let (command, library) = (path("command"), path("library"))
    for name in ["model.safetensors", "vocabulary.txt"] {
      #expect(
        try Data(contentsOf: URL(filePath: "\(command)/\(name)"))
          == Data(contentsOf: URL(filePath: "\(library)/\(name)")), "\(name)")
    }
    _ = try Captioner(ModelBundle(folder: library))
  }

  @Test func `a run goes on with its own data alone, and whatever does not count may change`()
    throws
  {
    func resume(_ more: [String] = []) throws -> CommandLineTool.Result {
      try caption.run(arguments("model", steps: 2, small + ["--resume", "--quiet"] + more))
    }
    #expect(try resume().status == 0)
    #expect(try resume(["--examples", "0", "--checkpoint-every", "7"]).status == 0)
    #expect(try resume(["--name", "other", "--patience", "9"]).status == 0)
    // As many photos, captions and words as before.
    func write(_ text: String, of photo: Int) throws {
      try Data((text + "\n").utf8).write(to: URL(filePath: photos[photo].path + ".txt"))
    }
    try write(photos[1].caption, of: 0)
    try write(photos[0].caption, of: 1)
    for more in [[], ["--average", "0.8"]] {
      let other = try resume(more)
      #expect(other.status == 65)
      #expect(
        other.errors.hasPrefix(
          "caption: \(path("model"))/checkpoint.safetensors: cannot be resumed from: the run was begun "
            + "with other options or data: {\"data\":"), "\(other.errors)")
    }
    try write(photos[0].caption, of: 0)
    try write(photos[1].caption, of: 1)
    #expect(try resume().status == 0)
    let begun = try caption.run(arguments("model", steps: 2, small))
    #expect(
      begun.errors.hasSuffix(
        "a run was begun here; go on with --resume, or give another --output\n"))
  }

  @Test(arguments: [
    (["--momentum", "0.5"], "--momentum goes with --optimizer sgd."),
    (["--samples", "4"], "--samples goes with --self-critical."),
    (["--candidates", "beam"], "--candidates goes with --self-critical."),
    (["--baseline", "mean"], "--baseline goes with --self-critical --candidates drawn."),
    (
      ["--self-critical", "--from", "embedded", "--baseline", "mean"],
      "--baseline goes with --self-critical --candidates drawn."
    ),
    (
      ["--self-critical", "--from", "embedded", "--label-smoothing", "0.1"],
      "--label-smoothing does nothing with --self-critical."
    ),
    (
      ["--self-critical", "--from", "embedded", "--attention-penalty", "1"],
      "--attention-penalty does nothing with --self-critical."
    ),
    (
      ["--decoder", "show-and-tell", "--attention-penalty", "1"],
      "--attention-penalty goes with a decoder with attention."
    ),
    (["--epochs", "2"], "--epochs does nothing with --steps."),
    (["--store", "x.sqlite"], "--store goes with a dataset of the store."),
    (
      ["--encoder", "alexnet", "--fine-tune", "all", "--batch-norm", "frozen"],
      "the image encoder has no batch normalisation"
    ),
  ])
  func `an option that would do nothing is refused`(options: [String], sentence: String) throws {
    let result = try caption.run(arguments("x", steps: 1, options))
    #expect(result.status == 64 && result.errors.contains(sentence), "\(result.errors)")
  }

  @Test(arguments: ["--no-flip", "--crop", "--colour"])
  func `a check learns photos as they are`(option: String) throws {
    let result = try caption.run([
      "train", "check", "--dataset", path("images"), "--fine-tune", "all", option,
    ])
    #expect(result.status == 64)
    #expect(result.errors.contains("Unknown option '\(option)'"), "\(result.errors)")
  }

  @Test(arguments: [
    (["--encoder", "resnet18"], "add --fine-tune all"),
    (["--fine-tune", "layer9"], "has no layer “layer9”"),
    (["--plateau-patience", "3"], "goes with --schedule plateau"),
    (["--decay-factor", "0.5"], "goes with --schedule step or plateau"),
    (["--crop", "0.5"], "--crop goes with --fine-tune"),
    (["--fine-tune", "all", "--crop", "2"], "--crop takes a number above 0"),
    (["--fine-tune", "all", "--model", "embedded", "--encoder", "vgg16"], "exclude each other"),
  ])
  func `options that do not go together are said`(options: [String], sentence: String) throws {
    let result = try caption.run(arguments("x", steps: 1, options))
    #expect(result.status == 64 && result.errors.contains(sentence), "\(result.errors)")
  }

  @Test func `what cannot be trained on is said in a sentence`() throws {
    let split = try caption.run([
      "train", "--dataset", path("images"), "--split", "train", "--output", path("x"),
    ])
    #expect(split.status == 65)
    #expect(split.errors.contains("there are no photos in its split “train”, only in: all"))
    try Data("no picture".utf8).write(to: URL(filePath: photos[3].path))
    let broken = try caption.run(arguments("x", steps: 1, small))
    #expect(broken.status == 65)
    #expect(broken.errors.contains("photos cannot be read, at first: "))
    let tuned = try caption.run(arguments("x", steps: 1, small + ["--fine-tune", "layer4"]))
    #expect(tuned.status == 65)
    #expect(tuned.errors.contains("photos cannot be read, at first: "))
    let sc = try caption.run(arguments("x", steps: 1, ["--self-critical"]))
    #expect(sc.status == 64 && sc.errors.contains("--from"))
  }
}
