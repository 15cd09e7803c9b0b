internal import CImageMetadata

/// Why a call of the shim failed, in the library's words.
struct ShimFailure: Error {
  let reason: String
}

/// The bytes that a call of the shim makes.
///
/// - Throws: `ShimFailure`.
func shimBytes(
  _ call: (inout cm_buffer, inout cm_report) -> cm_status
) throws(ShimFailure) -> [UInt8] {
  var buffer = cm_buffer()
  defer { cm_buffer_free(&buffer) }
  try shimCall { report in call(&buffer, &report) }
  return Array(UnsafeBufferPointer(start: buffer.bytes, count: buffer.count))
}

/// - Throws: `ShimFailure`.
func shimCall(_ call: (inout cm_report) -> cm_status) throws(ShimFailure) {
  var report = cm_report()
  guard call(&report) != CM_OK else { return }
  let message = withUnsafeBytes(of: report.message) {
    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
  }
  throw ShimFailure(reason: message)
}
