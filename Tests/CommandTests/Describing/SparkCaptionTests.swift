import Foundation
import TestSupport
import Testing

/// A Python that has pyspark, as `pip install pyspark` makes it; Java must be there, too.
private let python = ProcessInfo.processInfo.environment["CAPTION_SPARK_PYTHON"]

@Suite(.enabled(if: python != nil, "set CAPTION_SPARK_PYTHON to a python with pyspark"))
struct SparkCaptionTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  /// Runs the job on a Spark of that kind.
  private func spark(_ master: String, _ arguments: [String]) throws -> (Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: try #require(python))
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.arguments =
      [projectFolder.appending(path: "Scripts/spark_caption.py").path] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PYSPARK_PYTHON": python ?? "", "PYSPARK_SUBMIT_ARGS": "--master \(master) pyspark-shell",
    ]) { $1 }
    let output = try TemporaryFile(Data())
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output.path))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: output.path, encoding: .utf8))
  }

  /// A program in the worker's place.
  private func script(_ text: String) throws -> String {
    let path = folder.path + "/worker"
    try "#!/usr/bin/env python3\nimport os, signal, subprocess, sys, time\n\(text)\n"
      .replacing("CAPTION", with: "\"\(caption.executable.path)\"")
      .replacing("FOLDER", with: "\"\(folder.path)\"")
      .write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func sample(_ name: String) -> String {
    projectFolder.appending(path: "data/samples/\(name)").path
  }

  private func list(_ lines: [String]) throws -> String {
    let path = folder.path + "/list.txt"
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test func `two executors caption everything although a worker is killed`() throws {
    let broken = folder.path + "/broken.jpg"
    try Data(contentsOf: URL(filePath: sample("china.jpg"))).prefix(2000)
      .write(to: URL(filePath: broken))
    let photos = ["astronaut.png", "chelsea.png", "china.jpg", "coffee.png", "flower.jpg"].map(
      sample)
    // Each worker is given several of these, and the first dies after two answers.
    let lines =
      photos + [broken, "/nowhere/a.jpg", "", "{\"path\": \"\(photos[0])\", \"id\": 7}"] + photos
    let worker = try script(
      """
      try:
          os.mkdir(FOLDER + "/died")
      except FileExistsError:
          os.execv(CAPTION, [CAPTION] + sys.argv[1:])
      child = subprocess.Popen([CAPTION] + sys.argv[1:], stdout=subprocess.PIPE)
      for _ in range(2):
          sys.stdout.buffer.write(child.stdout.readline())
          sys.stdout.flush()
      child.kill()
      os.kill(os.getpid(), signal.SIGKILL)
      """)
    let (parquet, ndjson) = (folder.path + "/captions.parquet", folder.path + "/captions.ndjson")
    let (status, _) = try spark(
      "local-cluster[2,1,1024]",
      [
        "caption", list(lines), "--output", parquet, "--ndjson", ndjson, "--worker", worker,
        "--partitions", "3", "--embeddings",
      ])
    #expect(status == 0)
    #expect(FileManager.default.fileExists(atPath: folder.path + "/died"))

    let store = folder.path + "/captions.sqlite"
    func importing(_ lines: String) throws -> [String] {
      let result = try caption.run(
        ["store", "import", "-", "--store", store], input: Data(lines.utf8))
      #expect(result.status == 0, "\(result.errors)")
      return result.lines
    }
    let (second, rows) = try spark("local[2]", ["ndjson", parquet])
    #expect(second == 0)
    let records = try rows.split(separator: "\n").map {
      try #require(
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(records.count == lines.count - 1)
    let errors = records.compactMap { record in
      (record["error"] as? [String: String]).map { [record["path"] as? String, $0["kind"]] }
    }
    #expect(Set(errors) == [[broken, "bad data"], ["/nowhere/a.jpg", "no input"]])
    #expect(records.count { $0["id"] as? Int == 7 } == 1)
    // The captions are the program's own.
    let own = try caption.run([photos[1]]).lines[0]
    #expect(
      records.filter { $0["path"] as? String == photos[1] }.map { $0["caption"] as? String }
        == [own, own])

    _ = try importing(rows)
    let info = try caption.run(["store", "info", "--store", store]).lines
    #expect(info.contains("captions\t5"))
    #expect(info.contains("embeddings\t5"))
    #expect(info.contains("open failures\t2"))
    // The text files say the same.
    let names = try FileManager.default.contentsOfDirectory(atPath: ndjson)
    let text = try names.filter { $0.hasPrefix("part-") }.map {
      try String(contentsOfFile: ndjson + "/" + $0, encoding: .utf8)
    }.joined()
    #expect(Set(text.split(separator: "\n")) == Set(rows.split(separator: "\n")))
    #expect(try importing(text).last == "lines with nothing new\t\(records.count)")
  }

  @Test func `a photo that workers hang at costs its own caption only`() throws {
    let worker = try script(
      """
      child = subprocess.Popen([CAPTION] + sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
      for line in sys.stdin.buffer:
          if b"china" in line:
              time.sleep(1000)
          child.stdin.write(line)
          child.stdin.flush()
          sys.stdout.buffer.write(child.stdout.readline())
          sys.stdout.flush()
      """)
    let photos = ["chelsea.png", "china.jpg", "flower.jpg"].map(sample)
    let parquet = folder.path + "/captions.parquet"
    // Two attempts for each task.
    let (status, _) = try spark(
      "local[1,2]",
      [
        "caption", list(photos), "--output", parquet, "--worker", worker, "--partitions", "1",
        "--timeout", "5",
      ])
    #expect(status == 0)
    let rows = try spark("local[1]", ["ndjson", parquet]).output.split(separator: "\n")
    #expect(rows.count == 3)
    let failed = rows.filter { $0.contains("\"error\"") }
    #expect(failed.count == 1)
    #expect(failed.first?.contains("the worker gave no answer within 5 seconds") == true)
    #expect(failed.first?.contains("china.jpg") == true)
  }

  @Test func `without a model the job fails`() throws {
    let (status, _) = try spark(
      "local[1]",
      [
        "caption", list([sample("china.jpg")]), "--output", folder.path + "/out", "--worker",
        caption.executable.path, "--model", "none",
      ])
    #expect(status == 1)
  }
}
