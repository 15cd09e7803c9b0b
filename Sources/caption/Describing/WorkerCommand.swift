import ArgumentParser
import Batch
import Captioning
import Files
import Foundation
import Logging
import Store
import Synchronization
import SystemPackage

/// `caption worker`: a line in, a line out, for programs that share work among machines.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Answer each path on standard input with a JSON object on standard output.",
    discussion: """
      A line is a path, or a JSON object with the path under “path” (or its bytes under \
      “path_base64”), whose other keys are given back. Each line is answered by one line, in order \
      and at once: what “caption store import” reads, or, where a photo cannot be captioned, an \
      object {"path": …, "error": {"kind": "no input"|"bad data"|"input or output", "message": …}}. \
      So is an empty line, and one longer than 1 MiB. A path that is not valid UTF-8 comes back \
      as “path_base64”, too.

      With --threads N, N photos are captioned at once, each on one thread.

      The exit status is 0 when all lines were answered, also where the answers are errors; 74 when \
      nobody reads the answers any more.

      EXAMPLES:
        find photos -name '*.jpg' | caption worker > captions.ndjson
        find photos -type f -print0 | caption worker -0 | caption store import -
        echo '{"path": "a.jpg", "id": 7}' | caption worker | jq '[.id, .caption]'
        parallel --pipe -N 100 -j 4 caption worker --threads 1 < list.txt > captions.ndjson

      With sbatch --array=1-16 (and with Kubernetes' $((JOB_COMPLETION_INDEX + 1)) in its place):
        split -n r/$SLURM_ARRAY_TASK_ID/16 list.txt | caption worker > $SLURM_ARRAY_TASK_ID.ndjson

      On a Spark cluster: Scripts/spark_caption.py.
      """)

  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var messages: VerboseOptions
  @OptionGroup var search: SearchOptions

  @Flag(
    help: """
      Add the encoder's embedding of each photo: of length 1, as little-endian float16 in base64.
      """)
  var embeddings = false

  @Flag(help: "Add the model's configuration to each answer, not only its name and hash.")
  var configuration = false

  @Flag(
    name: [.customShort("0"), .customLong("null")],
    help: "Paths end with a zero byte, as from “find -print0”; none is taken for JSON.")
  var nullSeparated = false

  func run() throws {
    let logger = messages.logger
    let bundle = try ModelBundle.find(runtime.model)
    let options = try search.applied(to: bundle)
    let captioner = try PhotoCaptioner(
      Captioner(bundle, threads: 1), options: options, configuration: configuration)
    let worker = Worker(captioner, embeddings: embeddings)
    logger.debug("model \(bundle.configuration.name) from \(bundle.folder)")
    signal(SIGPIPE, SIG_IGN)
    let mayBeObject = !nullSeparated
    let reader = Mutex(
      LineReader(
        try standardInput(), nullSeparated: nullSeparated,
        maximumLength: WorkerRequest.maximumLength))
    do {
      try withOrderedMap(threads: runtime.threads) {
        try reader.withLock { try $0.next() }
      } _: {
        worker.reply(to: $0, mayBeObject: mayBeObject)
      } _: { replies in
        while let reply = try replies.next() { Self.write(reply) }
      }
    } catch let error as Errno {
      throw FileError.readFailed(path: "standard input", reason: "\(error)")
    }
  }

  /// Writes an answer, or ends the program: it may be waiting for a line that never comes, while
  /// nobody is there any more for whom it would be answered.
  private static func write(_ reply: [UInt8]) {
    do {
      try FileDescriptor.standardOutput.writeAll(
        standardOutputIsTerminal
          ? Array(forStandardOutput(String(decoding: reply, as: UTF8.self)).utf8) : reply)
    } catch {
      if error as? Errno != .brokenPipe {
        report(FileError.notWritten(path: "standard output", reason: "\(error)"))
      }
      _exit(74)
    }
  }
}
