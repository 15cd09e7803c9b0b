import ArgumentParser
import Files
import Foundation
import SystemPackage

/// The exit status of a failure, by the convention of sysexits.h.
func exitStatus(of error: any Error) -> ExitCode {
  switch error {
  case let error as any Failure: exitStatus(of: error.kind)
  case is EncodingError, is DecodingError: exitStatus(of: .badData)
  case is Errno, is POSIXError, is CocoaError: exitStatus(of: .inputOutput)
  case let error as ExitCode: error
  default: .failure
  }
}

func exitStatus(of kind: FailureKind) -> ExitCode {
  switch kind {
  case .usage: ExitCode(64)
  case .badData: ExitCode(65)
  case .noInput: ExitCode(66)
  case .inputOutput: ExitCode(74)
  case .internalFault: .failure
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
  default: return "\(error)" + (hint(for: error) ?? "")
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
    ? systemReason(Int32(cause.code)) : cause.localizedDescription
}
