import ArgumentParser
import Evaluation
import Metrics
import Store

/// `caption runs list`: all evaluations.
struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List evaluations and their scores, the latest first.",
    discussion: """
      Evaluations are numbered by themselves, from 1. With --all, the first column numbers all \
      that was ever begun, as “caption undo” does, and the last one the evaluations.

      EXAMPLES:
        caption runs list
        caption runs list --all
        caption runs list --json | jq '.scores["CIDEr-D"]'
      """)

  @Flag(help: "List all that was ever begun, batches too.")
  var all = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try store.with(.read) { store in
      if all {
        try output.print(
          columns: [
            "run", "started", "kind", "state", "model", "captioned", "skipped", "failed",
            "evaluation",
          ],
          rows: store.runs()
        ) { run in
          [
            "\(run.id)", run.startedAt, run.kind.rawValue, run.state, run.model ?? "",
            "\(run.captioned)", "\(run.skipped)", "\(run.failed)",
            run.evaluation.map { "\($0)" } ?? "",
          ]
        }
      } else {
        let shown: [Metric] = [.bleu1, .bleu4, .rougeL, .ciderD]
        try output.print(
          columns: ["run", "started", "dataset", "split", "photos", "model", "beam"]
            + shown.map(\.rawValue), rows: store.evaluations()
        ) { run in
          [
            "\(run.number)", run.startedAt, run.dataset, run.split, "\(run.imageCount)", run.model,
            run.decoding["beam_width"].map { (try? $0.text) ?? "" } ?? "",
          ] + shown.map { run.scores[$0.rawValue].map(ScoreText.hundredths) ?? "" }
        }
      }
    }
  }
}
