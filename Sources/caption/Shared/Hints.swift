import Datasets
import Evaluation
import PhotoMetadata
import Store
import Training

/// What a user of the command can do about a failure: the rest of its sentence, from the punctuation
/// on; nil where there is nothing to add. The libraries know no commands and no options.
func hint(for error: any Error) -> String? {
  switch error {
  case let error as StoreError: hint(for: error)
  case let error as EvaluationError: hint(for: error)
  case MetadataError.signed: " (--break-signature writes into it)"
  case DatasetError.noColumns: " (see --separator)"
  case TrainingError.begun: "; go on with --resume, or give another --output"
  case TrainingError.unknownWords: "; a lower --minimum-count may help"
  case SearchQueryError.nothingLabelled: ": run “caption sentiment --captions” first"
  default: nil
  }
}

private func hint(for error: StoreError) -> String? {
  switch error {
  case .altered: "; “caption store check --fix” leaves it out"
  case .older: ": run “caption store vacuum” on it"
  case .damaged: "; “caption store check” tells all that is wrong"
  case .datasetDiffers: "; --replace replaces them"
  case .datasetInUse(_, _, let evaluations):
    "; --with-runs removes \(evaluations == 1 ? "it" : "them"), too"
  default: nil
  }
}

private func hint(for error: EvaluationError) -> String? {
  switch error {
  case .noRun(_, nil): "; “caption runs list” shows those that there are"
  case .noProtocol: "; “caption store check” tells all that is wrong"
  case .missing: "; --allow-missing scores the others"
  default: nil
  }
}
