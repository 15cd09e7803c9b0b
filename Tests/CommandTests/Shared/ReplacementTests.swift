import Foundation
import Imaging
import Store
import SystemPackage
import TestSupport
import Testing

/// What outputs may take the place of.
@Suite struct ReplacementTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder
  private var store: String { folder.path + "/captions.sqlite" }
  private var photo: String { folder.path + "/a.png" }

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    let picture = RGBImage(width: 40, height: 30, pixels: [UInt8](repeating: 90, count: 3600))
    try picture.pngData().write(to: URL(filePath: photo))
    try picture.jpegData(quality: 80).write(to: URL(filePath: folder.path + "/b.jpg"))
    try picture.webPData(quality: 80).write(to: URL(filePath: folder.path + "/c.webp"))
    #expect(try caption.run(["batch", "-q", photo, "--store", store]).status == 0)
  }

  private func data(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  private func write(_ text: String, _ name: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  /// Expects that a command leaves a file as it is, with and without `--force`, and says so.
  private func expectRefusal(
    _ arguments: [String], of path: String, because reason: String,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try? data(path)
    for force in [[], ["--force"]] {
      let result = try caption.run(arguments + force)
      #expect(result.status == 64, "\(result.errors)", sourceLocation: location)
      #expect(result.errors.contains(reason), "\(result.errors)", sourceLocation: location)
      #expect(result.errors.split(separator: "\n").count == 1, sourceLocation: location)
      #expect(before == (try? data(path)), sourceLocation: location)
    }
  }

  @Test func `no store is replaced, by whatever name it is called`() throws {
    let link = folder.path + "/link.json"
    let hardLink = folder.path + "/hard.json"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: store)
    try FileManager.default.linkItem(atPath: store, toPath: hardLink)
    let other = folder.path + "/other.sqlite"
    try Store(path: FilePath(other), for: .create).close()
    for path in [store, link, hardLink, other] {
      try expectRefusal(
        ["export", "--format", "json", "--output", path, "--store", store], of: path,
        because: "\(path): is a store")
    }
    for end in ["-wal", "-shm", "-journal"] {
      try expectRefusal(
        ["export", "--format", "csv", "--output", store + end, "--store", store], of: store + end,
        because: "\(store)\(end): is part of a store")
    }
    try expectRefusal(
      [photo, "--attention", store, "--store", store], of: store, because: "is a store")
    try expectRefusal(
      ["store", "backup", store, "--store", store], of: store,
      because: "is what the command reads (\(store))")
    let checked = try Store(path: FilePath(store), for: .read)
    #expect(try checked.check().faults == [])
    try checked.close()
  }

  @Test func `no photo is replaced, be it read or not`() throws {
    try expectRefusal(
      [photo, "--attention", photo, "--no-store"], of: photo,
      because: "\(photo): is what the command reads (\(photo)), which no output replaces")
    let link = folder.path + "/figure.png"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: photo)
    try expectRefusal(
      ["features", photo, "--output", link], of: photo,
      because: "\(link): is what the command reads (\(photo))")
    for name in ["b.jpg", "c.webp"] {
      let other = folder.path + "/" + name
      // The slip of “--attention *.jpg”.
      try expectRefusal(
        ["--attention", other, photo, "--no-store"], of: other, because: "\(other): is a picture")
      try expectRefusal(
        ["export", "--format", "html", "--output", other, "--store", store], of: other,
        because: "\(other): is a picture")
      try expectRefusal(
        ["store", "backup", other, "--store", store], of: other, because: "\(other): is a picture")
    }
    for beginning in ["GIF89a", "II*\0", "\0\0\0\u{18}ftypmif1\0\0\0\0", "\0\0\0\u{18}ftypcrx "] {
      let raw = try write(beginning + String(repeating: "\0", count: 64), "raw")
      try expectRefusal(
        ["export", "--format", "json", "--output", raw, "--store", store], of: raw,
        because: "\(raw): is a picture")
    }
  }

  @Test func `no file of a model is replaced`() throws {
    let model = folder.path + "/model"
    try FileManager.default.copyItem(
      atPath: projectFolder.appending(path: "data/models/embedded").path, toPath: model)
    for name in ["config.json", "model.safetensors", "vocabulary.txt", "nouns.txt"] {
      try expectRefusal(
        ["export", "--format", "json", "--output", "\(model)/\(name)", "--store", store],
        of: "\(model)/\(name)", because: "\(model)/\(name): is part of a model")
    }
    let weights = folder.path + "/weights"
    try FileManager.default.copyItem(atPath: model + "/model.safetensors", toPath: weights)
    try expectRefusal(
      ["export", "--format", "json", "--output", weights, "--store", store], of: weights,
      because: "\(weights): is a file of weights")
    // Beside the model's files there is room.
    let result = try caption.run([
      "export", "--format", "json", "--output", model + "/captions.json", "--store", store,
    ])
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func `texts that are read are not replaced`() throws {
    let texts = try write("good\nbad\n", "texts.txt")
    try expectRefusal(
      ["sentiment", "--explain", "--file", texts, "--output", texts], of: texts,
      because: "\(texts): is what the command reads (\(texts))")
    let table = try write("text,n\ngood,1\n", "table.csv")
    try FileManager.default.linkItem(atPath: table, toPath: folder.path + "/hard.csv")
    for path in [table, folder.path + "/hard.csv"] {
      try expectRefusal(
        ["sentiment", "--csv", table, "--column", "text", "--output", path], of: table,
        because: "\(path): is what the command reads (\(table))")
    }
    let result = try caption.run(
      ["sentiment", "--csv", "-", "--column", "text", "--output", table], redirection: "<" + table)
    #expect(result.status == 64, "\(result.errors)")
    #expect(try data(table) == Data("text,n\ngood,1\n".utf8))
    let log = try write("{\"step\":1,\"loss\":2}\n", "log.svg")
    try expectRefusal(
      ["train", "plot", log, "--output", log], of: log, because: "\(log): is what the command reads"
    )
  }

  @Test func `training does not take the place of what it begins with`() throws {
    let model = folder.path + "/model"
    try FileManager.default.createDirectory(atPath: model, withIntermediateDirectories: true)
    for name in ["config.json", "vocabulary.txt"] {
      _ = try write("{}\n", "model/\(name)")
    }
    let link = folder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: model)
    for arguments in [
      ["train", "--dataset", folder.path + "/", "--from", model, "--output", link],
      [
        "train", "--dataset", folder.path + "/", "--vocabulary", model + "/vocabulary.txt", "-o",
        model,
      ],
      ["sentiment", "train", model + "/vocabulary.txt", "--output", model],
      ["sentiment", "pretrain", model + "/vocabulary.txt", "--output", model],
    ] {
      let result = try caption.run(arguments)
      #expect(result.status == 64, "\(arguments): \(result.errors)")
      #expect(result.errors.contains("is what the command reads"), "\(result.errors)")
    }
  }

  @Test func `training replaces no model, store, photo or text of others`() throws {
    let texts = try write("text\tlabel\ngood\t1\nbad\t0\n", "texts.tsv")
    let models = projectFolder.appending(path: "data/models").path
    for model in ["embedded", "sentiment"] {
      try FileManager.default.copyItem(
        atPath: "\(models)/\(model)", toPath: folder.path + "/" + model)
    }
    let cases: [(name: String, target: String)] = [
      ("config.json", store), ("model.safetensors", folder.path + "/b.jpg"),
      ("vocabulary.txt", folder.path + "/b.jpg"), ("log.ndjson", texts), ("config.json", texts),
      ("checkpoint.safetensors", store), ("config.json", folder.path + "/none"),
    ]
    var outputs = ["embedded", "sentiment"].map { ($0, folder.path + "/\($0)/config.json") }
    for (index, link) in cases.enumerated() {
      let output = folder.path + "/o\(index)"
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: output + "/" + link.name, withDestinationPath: link.target)
      outputs.append(("o\(index)", output + "/" + link.name))
    }
    let other = try write("a\tb\n", "other.tsv")
    for (output, file) in outputs {
      let before = try? data(file)
      for resume in [[], ["--resume"]] {
        for command in ["train", "pretrain"] {
          let result = try caption.run(
            ["sentiment", command, other, "--output", folder.path + "/" + output] + resume)
          #expect(result.status == 64, "\(output): \(result.errors)")
          #expect(result.errors.hasPrefix("caption: \(file): is "), "\(result.errors)")
        }
      }
      #expect(before == (try? data(file)))
    }
  }

  @Test func `a log without a checkpoint lets only a model of its kind be replaced`() throws {
    let texts = try write(
      "sentence\tlabel\n" + String(repeating: "it is good\t1\nit is bad\t0\n", count: 200),
      "texts.tsv")
    let output = folder.path + "/run"
    let sizes = [
      "--output", output, "--steps", "1", "--batch", "4", "--embedding", "12", "--hidden", "12",
      "--threads", "1", "--quiet",
    ]
    let train = ["sentiment", "train", texts, "--heads", "2"] + sizes
    #expect(try caption.run(train).status == 0)
    #expect(try caption.run(train).status == 65)
    try FileManager.default.removeItem(atPath: output + "/checkpoint.safetensors")
    let config = try data(output + "/config.json")
    let wrong = try caption.run(["sentiment", "pretrain", texts] + sizes)
    #expect(wrong.status == 64, "\(wrong.errors)")
    #expect(wrong.errors.contains("/config.json: is there and is not of such a training run"))
    #expect(try data(output + "/config.json") == config)
    let again = try caption.run(train)
    #expect(again.status == 0, "\(again.errors)")
  }

  @Test func `what is open already is written into, and not replaced`() throws {
    let link = folder.path + "/link.csv"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/stdout")
    for (path, number) in [
      ("/dev/stdout", 1), ("/dev/fd/1", 1), ("/proc/self/fd/1", 1), ("/dev/stderr", 2),
      ("/dev/fd/3", 3), ("/proc/thread-self/fd/1", 1), (link, 1),
    ] {
      let file = try write("Dear Anna\n", "both")
      let result = try caption.run(
        ["export", "--format", "csv", "--output", path, "--store", store],
        redirection: "\(number)>>'\(file)'")
      #expect(result.status == 0, "\(path): \(result.errors)")
      let text = String(decoding: try data(file), as: UTF8.self)
      #expect(text.hasPrefix("Dear Anna\npath,path_base64,"), "\(path): \(text)")
    }
    for (path, redirection) in [
      ("/dev/stdout", ">&-"), ("/dev/fd/99", "</dev/null"), ("/dev/fd/3", "3</dev/null"),
    ] {
      let result = try caption.run(
        ["export", "--format", "csv", "--output", path, "--store", store],
        redirection: redirection)
      #expect(result.status == 74, "\(path): \(result.errors)")
      #expect(result.errors.hasPrefix("caption: \(path): cannot be written: "))
    }
    let table = try write("text,n\ngood,1\n", "table.csv")
    let result = try caption.run(
      ["sentiment", "--csv", table, "--column", "text", "--output", "/dev/stdout"],
      redirection: ">>'\(table)'")
    #expect(result.status == 64 && result.errors.contains("is what the command reads"))
  }

  @Test func `a file of another kind is replaced with --force only`() throws {
    let cases: [(text: String, format: String, wanted: String)] = [
      ("Dear Anna\n", "json", "JSON"), ("[section]\nkey = 1\n", "json", "JSON"),
      ("#!/bin/sh\necho a, b\n", "csv", "a table"), ("Dear Anna\n", "csv", "a table"),
      ("PK\u{3}\u{4} a, b", "csv", "a table"), ("{\"a\": 1}\n", "csv", "a table"),
      ("<html>", "json", "JSON"), ("a,b\n", "html", "an HTML page"),
      ("Dear Anna,\nI am well.\n", "csv", "a table"),
      ("import os, sys\n\nprint(1)\n", "csv", "a table"),
      ("DROP TABLE a;\nDROP TABLE b;\n", "csv", "a table"),
      ("all:\n\tcc a.c\n", "txt", "a table"), ("a,b\n", "csv", "a table"),
      ("a,b\n\"1\n2\",3,4\n", "csv", "a table"),
    ]
    for (text, format, wanted) in cases {
      let path = try write(text, "there")
      let arguments = ["export", "--format", format, "--output", path, "--store", store]
      let result = try caption.run(arguments)
      #expect(result.status == 64, "\(text): \(result.errors)")
      #expect(
        result.errors
          == "caption: \(path): is there and is not \(wanted), which would replace it; --force lets it\n"
      )
      #expect(try data(path) == Data(text.utf8))
      #expect(try caption.run(arguments + ["--force"]).status == 0)
      #expect(try data(path) != Data(text.utf8))
    }
  }

  @Test func `a table is known by its records`() throws {
    let tables = [
      "a,b\n1,2\n", "a,b\r\n\"1\n,\"\"2\",3\r\n", "a.png\ta dog\n", "a\tb\tc\n\"1\t2\t3\n",
      "id,image,split,caption\r\n", "text;sentiment;sentiment_probability\r\ngood;p;1\r\n",
      "a,b\n1,2\n3,\"" + String(repeating: "x\n", count: 4000) + "\"\n",
    ]
    for text in tables {
      let path = try write(text, "there")
      let result = try caption.run([
        "export", "--format", "csv", "--output", path, "--store", store,
      ])
      #expect(result.status == 0, "\(text.prefix(80)): \(result.errors)")
    }
  }

  @Test func `a drawing of others is replaced with --force only`() throws {
    let log = try write(
      "{\"event\":\"step\",\"step\":1,\"loss\":2,\"rate\":1,\"seconds\":1}\n", "log.ndjson")
    let drawing = try write("<svg xmlns=\"http://www.w3.org/2000/svg\">\n</svg>\n", "own.svg")
    let arguments = ["train", "plot", log, "--output", drawing]
    let result = try caption.run(arguments)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains("is not an SVG drawing of this program"))
    #expect(try caption.run(arguments + ["--force"]).status == 0)
    #expect(try caption.run(arguments).status == 0)
  }

  @Test func `a file of the same kind is replaced, and an empty one`() throws {
    for format in ["json", "ndjson", "csv", "txt", "coco", "coco-results", "html"] {
      let path = try write("", "export")
      let arguments = ["export", "--format", format, "--output", path, "--store", store]
      for _ in 0..<2 {
        let result = try caption.run(arguments)
        #expect(result.status == 0, "\(format): \(result.errors)")
      }
    }
    let link = folder.path + "/link.json"
    let target = try write("[1]", "target.json")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    let arguments = ["export", "--format", "json", "--store", store, "--output"]
    #expect(try caption.run(arguments + [link]).status == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
    #expect(try data(target).count > 10)
    #expect(try caption.run(arguments + ["/dev/null"]).status == 0)
  }

  @Test func `a figure is drawn again in its place`() throws {
    let figure = folder.path + "/figure.png"
    for _ in 0..<2 {
      let result = try caption.run([photo, "--attention", figure, "--no-store"])
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(FigureFile.begins(with: [UInt8](try data(figure))))
    let array = folder.path + "/features.npy"
    for _ in 0..<2 {
      #expect(try caption.run(["features", photo, "--output", array]).status == 0)
    }
    let log = try write(
      "{\"event\":\"step\",\"step\":1,\"loss\":2,\"rate\":1,\"seconds\":1}\n", "log.ndjson")
    for name in ["plot.svg", "plot.png"] {
      for _ in 0..<2 {
        let result = try caption.run(["train", "plot", log, "--output", folder.path + "/" + name])
        #expect(result.status == 0, "\(result.errors)")
      }
    }
  }

  @Test func `nothing is reckoned for an output that cannot be written`() throws {
    let result = try caption.run([
      photo, "--attention", folder.path + "/b.jpg", "--no-store", "--verbose",
    ])
    #expect(result.status == 64)
    #expect(!result.errors.contains("decode"))
  }
}
