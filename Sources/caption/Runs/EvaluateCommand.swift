import ArgumentParser
import Captioning
import Evaluation
import Store

/// `caption evaluate`: captions a dataset's photos and scores the captions.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Caption a dataset's photos, score the captions and keep the run.",
    discussion: """
      Photos that the store has captions of, by the same model and options, are not captioned \
      again; after an interruption the same command goes on where it stopped. “caption runs” \
      shows, compares and exports what came of it.

      Unless every photo of the split can be captioned, nothing is scored: scores over fewer \
      photos are other scores. --allow-missing scores what there is, and the protocol says so.

      EXAMPLES:
        caption dataset import flickr8k --format karpathy dataset_flickr8k.json --images Images
        caption evaluate --dataset flickr8k --split val
        caption evaluate --dataset flickr8k --split val --beam 1
        caption runs compare 1 2
      """)

  @Option(help: ArgumentHelp("The dataset (see “caption dataset list”).", valueName: "name"))
  var dataset: String

  @Option(help: "Which of its splits.")
  var split = "test"

  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var search: SearchOptions
  @OptionGroup var evaluation: EvaluationOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let bundle = try ModelBundle.find(runtime.model)
    let options = try search.applied(to: bundle)
    try evaluation.storeOptions.with(.write) { store in
      let evaluator = try DatasetEvaluator(
        bundle, options: options, store: store, evaluation: evaluation, threads: runtime.threads)
      let number = try evaluator.evaluate(dataset: dataset, split: split).number
      try printScores(of: ScoredRun(number, in: store), output)
    }
  }
}
