internal import Foundation

/// What libFuzzer feeds; the environment variable `CAPTION_FUZZ` names one.
enum FuzzTarget: String, CaseIterable {
  case tokenizer
  case datasets

  static let chosen: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["CAPTION_FUZZ"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      FileHandle.standardError.write(Data("CAPTION_FUZZ is “\(name)”, none of: \(names)\n".utf8))
      exit(64)
    }
    return target
  }()
}

/// libFuzzer's entry into what it tests, called with one input after another. What is
/// required and not met, or traps or takes too long, is a failure, and libFuzzer keeps the input.
///
/// https://llvm.org/docs/LibFuzzer.html
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: bytes, count: count)
  switch FuzzTarget.chosen {
  case .tokenizer: fuzzTokenizer(String(decoding: input, as: UTF8.self))
  case .datasets: fuzzDatasets(Data(input))
  }
  return 0
}

/// Ends the program with a sentence on standard error unless a condition is met. (An optimised
/// program's preconditions end it without a word.)
func require(_ condition: Bool, _ failure: @autoclosure () -> String) {
  if condition { return }
  FileHandle.standardError.write(Data("\(failure())\n".utf8))
  preconditionFailure()
}
