import ArgumentParser
import Batch
import CaptionTraining
import Captioning
import Datasets
import Evaluation
import Files
import Imaging
import Language
import Metrics
import ModelFiles
import NeuralNet
import PhotoMetadata
import Sentiment
import Store
import Tensors
import Training

/// The exit status of a failure, by the convention of sysexits.h; nil where the error is the
/// argument parser's own.
func exitStatus(of error: any Error) -> ExitCode? {
  let usage = ExitCode(64)
  let badData = ExitCode(65)
  let noInput = ExitCode(66)
  let inputOutputFailed = ExitCode(74)
  switch error {
  case is SearchQueryError: return usage
  case is WatchError: return inputOutputFailed
  case let error as ImagingError: return exitStatus(of: FailureKind(error.kind))
  case let error as MetadataError: return exitStatus(of: FailureKind(error.kind))
  case let error as DatasetError:
    switch error.kind {
    case .noInput: return noInput
    case .badData: return badData
    case .inputOutput: return inputOutputFailed
    }
  case let error as StoreError:
    switch error.kind {
    case .noInput: return noInput
    case .badData: return badData
    case .inputOutput: return inputOutputFailed
    }
  case EvaluationError.noRun: return noInput
  case EvaluationError.noMetric: return usage
  case is EvaluationError, is MetricsError, is ConfidenceFitError: return badData
  case MeteorJarError.noArchive, MeteorJarError.noJava: return noInput
  case is MeteorJarError: return ExitCode.failure
  case ModelFolderError.noModel, ModelFolderError.unreadable: return noInput
  case NetworkError.noLayer: return usage
  case is CaptioningError, is ModelFolderError, is SentimentError, is NetworkError: return badData
  case is FileFailure, TrainingError.busy: return inputOutputFailed
  case TrainingError.options: return usage
  case TrainingError.diverged: return ExitCode.failure
  case is TrainingError: return badData
  case WeightError.unreadable, VocabularyError.unreadable, WordVectorsError.unreadable,
    FileError.notRead, FileError.notStored:
    return noInput
  case FileError.readFailed, FileError.notWritten, WordVectorsError.readFailed,
    is FeatureCacheError:
    return inputOutputFailed
  case is WeightError, is VocabularyError, is WordVectorsError, FileError.malformed: return badData
  default: return nil
  }
}

/// The exit status of a photo's failure.
func exitStatus(of kind: FailureKind) -> ExitCode {
  switch kind {
  case .badData: ExitCode(65)
  case .noInput: ExitCode(66)
  case .inputOutput: ExitCode(74)
  }
}
