import ArgumentParser
import Evaluation
import Metrics
import Store

/// `caption runs …`: what evaluations came to.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, show, compare and export evaluation runs.",
    discussion: """
      EXAMPLES:
        caption runs list
        caption runs show 7 --plot scores.svg
        caption runs compare 7 9
        caption runs export 7 --format html --output run-7.html
      """,
    subcommands: [
      RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self,
      RunsExportCommand.self, RunsRemoveCommand.self,
    ])
}

/// Prints protocol and scores of a run: for people, times 100; JSON if asked.
func printScores(of run: ScoredRun, _ output: OutputOptions) throws {
  guard !output.json else {
    try printLine(jsonLine(run.evaluation))
    return
  }
  try printRows(EvaluationReport.facts(run.evaluation) + EvaluationReport.scores(of: run))
}
