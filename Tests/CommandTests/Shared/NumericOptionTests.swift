import Foundation
import TestSupport
import Testing

/// Every number on the command line is either taken or refused in a sentence.
@Suite struct NumericOptionTests {
  private let caption: CommandLineTool
  private let photo = "data/samples/china.jpg"

  init() throws { caption = try CommandLineTool() }

  /// Options that take fractions, by the commands that have them.
  private static let fractions: [(command: [String], options: [String])] = [
    ([], ["--temperature", "--top-p"]), (["batch"], ["--temperature", "--top-p"]),
    (["worker"], ["--temperature", "--top-p"]),
    (["evaluate"], ["--temperature", "--top-p"]), (["sentiment"], ["--threshold"]),
    (["model", "calibrate"], ["--threshold"]), (["train", "plot"], ["--smoothing"]),
    (
      ["train"],
      [
        "--clip", "--rate", "--epochs", "--decay-factor", "--momentum", "--dropout",
        "--embedding-dropout", "--label-smoothing", "--attention-penalty", "--weight-decay",
        "--average", "--encoder-rate", "--crop", "--colour", "--scheduled-sampling",
      ]
    ),
    (["train", "check"], ["--clip", "--rate", "--momentum"]),
    (
      ["sentiment", "train"],
      [
        "--clip", "--rate", "--epochs", "--head-rate", "--dropout", "--embedding-dropout",
        "--word-dropout", "--label-smoothing", "--weight-decay", "--average",
      ]
    ),
    (["sentiment", "pretrain"], ["--clip", "--rate", "--epochs", "--decay-factor"]),
  ]

  @Test func `only finite decimal numbers are numbers`() throws {
    let values = ["inf", "-inf", "nan", "0x1p3", "1e999", "infinity", "snan", "1,5"]
    for (command, options) in Self.fractions {
      for option in options {
        // Each with one of them: they are read in the same way.
        let value = values[(command.count + option.utf8.count) % values.count]
        let result = try caption.run(command + ["\(option)=\(value)"])
        #expect(result.status == 64, "\(command) \(option): \(result.errors)")
        #expect(
          result.errors.hasPrefix("Error: The value '\(value)' is invalid for '\(option) <"),
          "\(command) \(option): \(result.errors)")
      }
    }
    for value in values {
      let result = try caption.run(["sentiment", "--threshold=\(value)"])
      #expect(result.errors.hasPrefix("Error: The value '\(value)' is invalid"))
    }
  }

  @Test func `the largest and the smallest whole numbers are taken or refused`() throws {
    let folder = try TemporaryFolder()
    let store = ["--store", folder.path + "/captions.sqlite"]
    #expect(try caption.run(["batch", "-q", photo] + store).status == 0)
    let taken: [[String]] = [
      ["list", "--limit"], ["search", "a", "--limit"], ["similar", photo, "--limit"],
      ["export", "--format", "csv", "--limit"], ["batch", "-q", "--redo", photo, "--limit"],
      [photo, "--redo", "--no-repeat-ngram"], [photo, "--redo", "--top-k"],
    ]
    for command in taken {
      let result = try caption.run(command + ["\(Int.max)"] + store)
      #expect(result.status == 0, "\(command): \(result.errors)")
      for value in ["\(Int.min)", "\(Int.max)0"] {
        let arguments = command.dropLast() + ["\(command[command.count - 1])=\(value)"]
        let result = try caption.run(arguments + store)
        #expect(result.status == 64, "\(arguments): \(result.errors)")
      }
    }
    let refused: [[String]] = [
      [photo, "--beam"], [photo, "--top"], [photo, "--threads"], ["batch", photo, "--threads"],
      ["features", photo, "-o", "/dev/null", "--size"],
      ["export", "--format", "html", "-o", "/dev/null", "--thumbnail-size"],
      ["runs", "compare", "1", "2", "--resamples"], ["score", "a", "b", "--meteor-limit"],
      ["sentiment", "train", "a", "-o", "b", "--words"],
      ["sentiment", "train", "a", "-o", "b", "--batch"],
      ["sentiment", "pretrain", "a", "-o", "b", "--batch"],
      ["train", "--dataset", "a", "-o", "b", "--batch"],
      ["train", "--dataset", "a", "-o", "b", "--hidden"],
      ["train", "--dataset", "a", "-o", "b", "--maximum-length"],
      ["train", "--dataset", "a", "-o", "b", "--samples"],
      ["train", "--dataset", "a", "-o", "b", "--examples"],
    ]
    for command in refused {
      for value in ["\(Int.max)", "\(Int.max)0"] {
        let arguments = command.dropLast() + ["\(command[command.count - 1])=\(value)"]
        let result = try caption.run(arguments + store)
        #expect(result.status == 64, "\(arguments): \(result.errors)")
        #expect(result.errors.hasPrefix("Error: "), "\(arguments): \(result.errors)")
      }
    }
  }

  @Test func `numbers at the end of what is reckoned with end in a result or a sentence`() throws {
    let folder = try TemporaryFolder()
    let texts = folder.path + "/texts.tsv"
    try Data((0..<40).map { "a \($0) film\t\($0 % 2)\n" }.joined().utf8)
      .write(to: URL(filePath: texts))
    for (option, value) in [
      ("--epochs", "1e300"), ("--epochs", "1e-300"), ("--clip", "1e300"), ("--rate", "1e38"),
      ("--clip", "1e-300"), ("--steps", "\(Int.max)"), ("--warm-up", "\(Int.max)"),
      ("--validate-every", "\(Int.max)"), ("--patience", "\(Int.max)"),
      ("--checkpoint-every", "\(Int.max)"),
    ] {
      let isEndless =
        ["1e300", "\(Int.max)"].contains(value) && ["--epochs", "--steps"].contains(option)
      let arguments =
        [
          "sentiment", "train", texts, "-q", "--hidden", "8", "--embedding", "8", "-o",
          folder.path + "/\(option)\(value)", option, value,
        ] + (["--steps", "--epochs"].contains(option) ? [] : ["--steps", "2"])
      let running = try caption.start(arguments)
      if isEndless {
        // It trains, until it is told to stop.
        let log = folder.path + "/\(option)\(value)"
        _ = running.wait { FileManager.default.fileExists(atPath: log + "/log.ndjson") }
        running.signal(SIGINT)
      }
      let result = try running.wait()
      #expect([0, 1, 64, 130].contains(result.status), "\(option) \(value): \(result.errors)")
      #expect(!result.errors.contains("Fatal error"))
    }
    for options in [
      ["--temperature", "1e-38", "--seed", "1"], ["--temperature", "3e38", "--seed", "1"],
      ["--top-p", "1e-38", "--seed", "\(UInt64.max)"], ["--length-penalty", "gnmt:3e38"],
      ["--length-penalty", "gnmt:-3e38"], ["--length-penalty", "gnmt:inf"],
      ["--length-penalty", "gnmt:nan"],
    ] {
      let result = try caption.run([photo, "--no-store"] + options)
      #expect([0, 64, 65].contains(result.status), "\(options): \(result.errors)")
    }
  }

  @Test func `system faults are sentences with the status of theirs`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/file"
    try Data("x".utf8).write(to: URL(filePath: file))
    let texts = folder.path + "/texts.tsv"
    try Data((0..<40).map { "a \($0) film\t\($0 % 2)\n" }.joined().utf8)
      .write(to: URL(filePath: texts))
    let small = ["--hidden", "8", "--embedding", "8", "--steps", "2", "-q"]
    for arguments in [
      ["sentiment", "train", texts, "-o", file] + small,
      ["sentiment", "train", texts, "-o", file + "/model"] + small,
      ["sentiment", "train", texts, "-o", folder.path + "/a", "--tensorboard", file] + small,
      ["sentiment", "pretrain", texts, "-o", file] + small,
      ["list", "--store", file + "/captions.sqlite"],
      ["batch", photo, "--store", file + "/captions.sqlite"],
      ["export", "--format", "json", "--store", file + "/captions.sqlite"],
      ["features", photo, "-o", file + "/a.npy"], [photo, "--attention", file + "/a.png"],
      ["store", "backup", file + "/a.sqlite"], ["train", "plot", file],
    ] {
      let result = try caption.run(arguments)
      #expect([65, 66, 74].contains(result.status), "\(arguments): \(result)")
      #expect(result.errors.hasPrefix("caption: "))
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      for word in ["Domain", "NSCocoa", "Code=", "Swift.", "EncodingError", "Fatal"] {
        #expect(!result.errors.contains(word), "\(arguments): \(result.errors)")
      }
    }
  }
}
