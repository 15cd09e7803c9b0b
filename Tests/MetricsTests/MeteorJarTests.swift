import Foundation
import Metrics
import TestSupport
import Testing

/// With a script in the place of Java, so that neither is needed.
@Suite struct MeteorJarTests {
  private let folder: TemporaryFolder
  private let archive: String

  init() throws {
    folder = try TemporaryFolder()
    archive = folder.path + "/meteor.jar"
    try Data().write(to: URL(filePath: archive))
  }

  private func scores(java script: String?, seconds: Double = 60) throws -> MetricScores {
    if let script {
      let java = folder.path + "/java"
      try Data(("#!/bin/sh\n" + script).utf8).write(to: URL(filePath: java))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: java)
    }
    let environment = ["METEOR_JAR": archive, "PATH": "/nowhere:" + folder.path]
    let jar = try #require(MeteorJar(environment: environment, timeLimit: seconds))
    return try jar.scores(of: sixImages())
  }

  private func message(java script: String?, seconds: Double = 60) -> String {
    do {
      return "\(try scores(java: script, seconds: seconds).corpus)"
    } catch {
      return "\(error)"
    }
  }

  private let statistics =
    "5.0 8.0 2.0 3.0 2.0 2.0 2.0 2.0" + String(repeating: " 0.0", count: 12) + " 1.0 4.0 4.0"

  @Test func `the program's answers are the scores`() throws {
    let received = folder.path + "/received"
    let scores = try scores(
      java: """
        echo "$@" > \(received)
        for i in 1 2 3 4 5 6; do read -r line; echo "$line" >> \(received); echo "\(statistics)"; done
        read -r line
        for i in 1 2 3 4 5 6 7; do echo 0.$i; done
        """)
    #expect(scores.metrics == [.meteor])
    #expect(scores.perImage == [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]])
    #expect(scores.corpus == [0.7])
    let counts = try #require(MeteorCounts(statistics: statistics))
    #expect(scores.corpus(of: [3]) == [counts.score])
    let lines = try String(contentsOfFile: received, encoding: .utf8).split(separator: "\n")
    #expect(lines[0] == "-jar -Xmx2G \(archive) - - -stdio -l en -norm")
    #expect(
      lines[2] == """
        SCORE ||| a black-and-white cat sits on a couch ||| a cat sitting on a sofa next to a pillow \
        ||| the cat is laying down on the couch ||| a cat on a couch ||| close up of a cat resting on \
        a grey couch ||| a cat laying on a couch
        """)
  }

  @Test func `what goes wrong is said in a sentence`() {
    #expect(
      message(java: nil)
        == "METEOR needs the program “java”, which is in none of the folders of PATH")
    #expect(
      message(java: "echo 'Exception: no memory' >&2; echo '\tat main' >&2; exit 3")
        == "\(archive): METEOR ended too early: Exception: no memory")
    #expect(
      message(java: "exec sleep 60", seconds: 0.2)
        == "\(archive): METEOR has not answered within 0.2 seconds")
    #expect(
      message(java: "while true; do echo Hello; done")
        == "\(archive): METEOR answered “Hello”, which are not the numbers of METEOR 1.5")
  }

  @Test func `a missing archive is named`() throws {
    #expect(MeteorJar(environment: [:]) == nil)
    let jar = try #require(MeteorJar(path: "/nowhere/meteor.jar", environment: [:]))
    #expect(throws: MeteorJarError.noArchive(path: "/nowhere/meteor.jar")) {
      try jar.scores(of: sixImages())
    }
  }

  /// More than pipes hold, written before anything is read, and read before anything is written.
  @Test func `full pipes block nobody`() throws {
    let long = Array(repeating: "word", count: 40_000).joined(separator: " ")
    let corpus = try CaptionCorpus(
      candidates: [long, long], references: [[long], [long]], threads: 1)
    let java = folder.path + "/java"
    try Data(
      """
      #!/bin/sh
      head -c 300000 /dev/zero >&2
      read -r a; read -r b
      echo "\(statistics)"; echo "\(statistics)"
      read -r c
      echo 1; echo 1; echo 1
      """.utf8
    ).write(to: URL(filePath: java))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: java)
    let jar = try #require(
      MeteorJar(path: archive, environment: ["PATH": folder.path], timeLimit: 60))
    #expect(try jar.scores(of: corpus).corpus == [1])
  }
}
