import Foundation
import Store
import SystemPackage
import TestSupport
import Testing

/// Messages that nobody can read are lost, and nothing else; results that cannot be written are a
/// failure; what cannot be read is no input.
@Suite struct StandardStreamsTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder
  private var store: String { folder.path + "/captions.sqlite" }

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  private func fillStore() throws {
    let photos = folder.path + "/photos"
    try PhotoFolder(photos).fill(2)
    #expect(try caption.run(["batch", "-q", photos, "--store", store]).status == 0)
  }

  @Test(arguments: ["2>/dev/full", "2>&-"])
  func `work goes on where messages cannot be written`(redirection: String) throws {
    let photos = folder.path + "/photos"
    try PhotoFolder(photos).fill(3)
    try Data("no photo".utf8).write(to: URL(filePath: photos + "/broken.png"))
    let store = ["--store", store]
    let batch = try caption.run(["batch", photos] + store, redirection: redirection)
    #expect(batch.status == 65)
    #expect(batch.lines.count == 3)
    let listed = try caption.run(["list"] + store, redirection: redirection)
    #expect(listed.status == 0)
    #expect(listed.lines.count >= 3)
    #expect(try caption.run(["show", "/none.jpg"] + store, redirection: redirection).status == 66)
    #expect(try caption.run(["--none"], redirection: redirection).status == 64)
    // Of training, too, which says how far it is.
    #expect(try caption.run(["list", "-v"] + store, redirection: redirection).status == 64)
  }

  @Test(arguments: [">/dev/full", ">&-"])
  func `results that cannot be written are one failure, help and version too`(
    redirection: String
  ) throws {
    try fillStore()
    let store = ["--store", store]
    let photo = folder.path + "/photos/0000.png"
    let commands: [[String]] = [
      ["--help"], ["--version"], ["help", "batch"], ["batch", "--help"],
      ["--generate-completion-script", "bash"], ["--experimental-dump-help"],
      [photo, "--no-store"], [photo, "--json"] + store, ["batch", photo] + store,
      ["batch", "--dry-run", "--redo", photo] + store, ["list"] + store,
      ["list", "--json"] + store,
      ["search", "a"] + store, ["show", photo] + store, ["similar", photo] + store,
      ["stats"] + store, ["undo"] + store, ["failures"] + store, ["dataset", "list"] + store,
      ["export", "--format", "json"] + store, ["export", "--format", "csv"] + store,
      ["store", "info"] + store, ["store", "check"] + store, ["store", "vacuum"] + store,
      ["model", "list"], ["model", "info"], ["sentiment", "good"],
      ["sentiment", "--explain", "good"],
    ]
    for command in commands {
      let result = try caption.run(command, redirection: redirection)
      let silent = [["undo"], ["failures"], ["dataset", "list"]].contains {
        command.starts(with: $0)
      }
      #expect(result.status == (silent ? 0 : 74), "\(command): \(result.errors)")
      guard !silent else { continue }
      #expect(result.errors.hasPrefix("caption: standard output: cannot be written: "))
      #expect(result.errors.split(separator: "\n").count == 1, "\(command): \(result.errors)")
    }
  }

  @Test func `help, version and completions are what they were`() throws {
    #expect(try caption.run(["--version"]).output == "\(try version())\n")
    let help = try caption.run(["--help"])
    #expect(help.status == 0)
    #expect(help.output.hasPrefix("OVERVIEW: "))
    #expect(help.output.hasSuffix("\n") && !help.output.hasSuffix("\n\n"))
    #expect(help.errors == "")
    #expect(try caption.run(["--generate-completion-script", "bash"]).output.contains("_caption"))
    let wrong = try caption.run(["list", "--limit", "0"])
    #expect(wrong.status == 64)
    #expect(wrong.output == "")
    #expect(wrong.errors.hasPrefix("Error: --limit takes a number from 1, not 0.\nUsage: "))
  }

  private func version() throws -> String {
    let output = try caption.run(["--version"]).output
    return output.trimmingCharacters(in: .newlines)
  }

  @Test func `files that are opened do not become closed streams`() throws {
    try fillStore()
    let photos = folder.path + "/photos"
    let before = try PhotoFolderBytes(photos)
    for redirection in ["<&- >&- 2>&-", "<&- >&-", ">&- 2>&-", "<&- 2>&-"] {
      _ = try caption.run(
        ["batch", "--redo", photos, "/nowhere", "--store", store], redirection: redirection)
      _ = try caption.run(
        ["export", "--format", "json", "--output", folder.path + "/export.json", "--store", store],
        redirection: redirection)
      let store = try Store(path: FilePath(store), for: .read)
      #expect(try store.check().faults == [])
      try store.close()
      let exported = try Data(contentsOf: URL(filePath: folder.path + "/export.json"))
      #expect((try JSONSerialization.jsonObject(with: exported) as? [Any])?.count == 2)
      #expect(try PhotoFolderBytes(photos) == before)
    }
  }

  /// What is in the files of a folder.
  private struct PhotoFolderBytes: Equatable {
    private var files: [String: Data] = [:]

    init(_ path: String) throws {
      for name in try FileManager.default.contentsOfDirectory(atPath: path) {
        files[name] = try Data(contentsOf: URL(filePath: path + "/" + name))
      }
    }
  }

  @Test(
    arguments: [
      ["batch", "-"], ["-"], ["worker"], ["sentiment"], ["sentiment", "-"],
      ["sentiment", "--csv", "-", "--column", "text"], ["store", "import", "-"],
      ["sentiment", "--explain"],
    ])
  func `closed standard input is no input`(command: [String]) throws {
    for redirection in ["<&-", "<&- >/dev/null"] {
      let result = try caption.run(command, redirection: redirection)
      #expect(result.status == 66, "\(result.errors)")
      #expect(result.errors == "caption: standard input: cannot be read: it is closed\n")
    }
  }

  @Test func `a file that may not grow further is a failure like a full disk`() throws {
    let output = folder.path + "/features.npy"
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [
      "-c", "ulimit -f 4; exec \"$0\" \"$@\"", caption.executable.path, "features",
      "data/samples/china.jpg", "--output", output,
    ]
    process.currentDirectoryURL = projectFolder
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 74)
    #expect(text.contains("cannot be written: File too large"), "\(text)")
    #expect(!FileManager.default.fileExists(atPath: output))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy {
        !$0.hasPrefix(".caption-")
      })
  }
}
