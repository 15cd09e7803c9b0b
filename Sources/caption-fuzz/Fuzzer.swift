internal import Foundation
internal import Fuzzing

/// What libFuzzer feeds: the environment variable `CAPTION_FUZZ` names a target, and `TMPDIR` a
/// folder to work in.
private let chosen: (name: FuzzTargets, target: any FuzzTarget) = {
  let name = ProcessInfo.processInfo.environment["CAPTION_FUZZ"] ?? ""
  do {
    guard let target = FuzzTargets(rawValue: name) else {
      let names = FuzzTargets.allCases.map(\.rawValue).joined(separator: ", ")
      throw FuzzFailure(description: "CAPTION_FUZZ is “\(name)”, none of: \(names)")
    }
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    return (
      target,
      try target.make(
        FuzzPlace(references: "data/references/fuzzing", scratch: scratch.path))
    )
  } catch {
    say("\(error)")
    exit(64)
  }
}()

/// libFuzzer's entry into what it tests, called with one input after another. What is
/// required and not met, or traps or takes too long, is a failure, and libFuzzer keeps the input.
///
/// https://llvm.org/docs/LibFuzzer.html
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try chosen.target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    say(error.description)
    // As a crash, so that libFuzzer keeps the input.
    preconditionFailure()
  }
  return 0
}

/// Changes an input in its place: as its form wants it, or anyhow as libFuzzer does.
@_cdecl("LLVMFuzzerCustomMutator")
public func fuzzMutate(
  _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int, _ limit: Int, _ seed: CUnsignedInt
) -> Int {
  let input = Array(UnsafeBufferPointer(start: bytes, count: count))
  guard let bytes, let mutated = chosen.name.mutated(input, limit: limit, seed: UInt64(seed)) else {
    return mutateAnyhow(bytes, count, limit)
  }
  return copy(mutated, to: bytes)
}

/// Makes one input of two.
@_cdecl("LLVMFuzzerCustomCrossOver")
public func fuzzCrossOver(
  _ first: UnsafePointer<UInt8>?, _ firstCount: Int, _ second: UnsafePointer<UInt8>?,
  _ secondCount: Int, _ output: UnsafeMutablePointer<UInt8>?, _ limit: Int, _ seed: CUnsignedInt
) -> Int {
  let spliced = chosen.name.spliced(
    Array(UnsafeBufferPointer(start: first, count: firstCount)),
    Array(UnsafeBufferPointer(start: second, count: secondCount)), limit: limit,
    seed: UInt64(seed))
  guard let output else { return 0 }
  return copy(spliced, to: output)
}

@_silgen_name("LLVMFuzzerMutate")
private func mutateAnyhow(
  _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int, _ limit: Int
) -> Int

private func copy(_ bytes: [UInt8], to output: UnsafeMutablePointer<UInt8>) -> Int {
  for (index, byte) in bytes.enumerated() { output[index] = byte }
  return bytes.count
}

private func say(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data("\(text)\n".utf8))
}
