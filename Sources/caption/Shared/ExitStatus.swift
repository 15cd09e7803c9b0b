import ArgumentParser
import Batch
import CaptionTraining
import Captioning
import Datasets
import Evaluation
import Files
import Foundation
import Imaging
import Language
import Metrics
import ModelFiles
import NeuralNet
import PhotoMetadata
import Sentiment
import Store
import SystemPackage
import Tensors
import Training

/// The exit status of a failure, by the convention of sysexits.h.
func exitStatus(of error: any Error) -> ExitCode {
  let usage = ExitCode(64)
  let badData = ExitCode(65)
  let noInput = ExitCode(66)
  let inputOutputFailed = ExitCode(74)
  switch error {
  case is SearchQueryError, is ReplacementError: return usage
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
  case is EncodingError, is DecodingError: return badData
  case is Errno, is POSIXError, is CocoaError: return inputOutputFailed
  case let error as ExitCode: return error
  default: return ExitCode.failure
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

/// What an error says, as one sentence, also where it is not one of the program's own.
func sentence(of error: any Error) -> String {
  switch error {
  case EncodingError.invalidValue(_, let context):
    return "a result has a value that cannot be written\(place(context)), such as a number that is "
      + "not finite"
  case DecodingError.keyNotFound(let key, let context):
    return "what was read has no “\(key.stringValue)”\(place(context))"
  case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
    DecodingError.dataCorrupted(let context):
    return "what was read is not as it should be\(place(context))"
  case let error as Errno: return "\(error)"
  case let error as POSIXError: return systemReason(error)
  case let error as CocoaError:
    let path = error.filePath ?? error.url?.path(percentEncoded: false)
    return path.map { "\($0): \(systemReason(error))" } ?? systemReason(error)
  default: return "\(error)"
  }
}

/// “ at “words.0.log_probability””; empty where it is all of it.
private func place(_ context: EncodingError.Context) -> String { place(context.codingPath) }
private func place(_ context: DecodingError.Context) -> String { place(context.codingPath) }
private func place(_ path: [any CodingKey]) -> String {
  guard !path.isEmpty else { return "" }
  let names = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
  return " at “\(names.joined(separator: "."))”"
}

/// The system's own words for an error, where Foundation wraps one.
func systemReason(_ error: any Error) -> String {
  if let error = error as? Errno { return "\(error)" }
  let cause = ((error as? CocoaError)?.underlying ?? error) as NSError
  return cause.domain == NSPOSIXErrorDomain
    ? String(cString: strerror(Int32(cause.code))) : cause.localizedDescription
}
