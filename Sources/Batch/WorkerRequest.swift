package import Files
internal import Foundation
package import Store
package import SystemPackage

/// A line that `caption worker` reads: a path, or a JSON object with the path under `path` or, as
/// bytes, under `path_base64`.
package struct WorkerRequest: Sendable {
  package let path: FilePath
  /// What else was in the object, to be given back.
  package let extras: [String: JSONValue]

  /// More than any path has; objects may carry something along.
  package static let maximumLength = 1 << 20

  /// - Parameter mayBeObject: whether a line that begins with `{` is an object.
  /// - Throws: `WorkerRequestError`.
  package init(line: [UInt8], mayBeObject: Bool) throws {
    guard !line.isEmpty else { throw WorkerRequestError(reason: "the line is empty") }
    guard mayBeObject, line.first == UInt8(ascii: "{") else {
      guard !line.contains(0) else {
        guard !line.starts(with: [0xFF, 0xFE]), !line.starts(with: [0xFE, 0xFF]) else {
          throw WorkerRequestError(reason: "the lines are UTF-16; they must be UTF-8")
        }
        throw WorkerRequestError(
          path: String(decoding: line, as: UTF8.self), reason: "a path has no zero bytes")
      }
      path = FilePath(data: Data(line))
      extras = [:]
      return
    }
    let value: JSONValue
    do {
      value = try JSONValue(bytes: line)
    } catch JSONError.malformed {
      throw WorkerRequestError(
        reason: "not a JSON object; a path that begins with { is given as ./{…")
    } catch {
      throw WorkerRequestError(reason: "\(error)")
    }
    guard case .object(var object) = value else {
      throw WorkerRequestError(reason: "not a JSON object")
    }
    let bytes = Self.pathBytes(object)
    for key in WorkerReply.ownKeys { object[key] = nil }
    guard let bytes, !bytes.isEmpty, !bytes.contains(0) else {
      throw WorkerRequestError(
        extras: object, reason: "“path” (or “path_base64”) must be a file's path")
    }
    path = FilePath(data: bytes)
    extras = object
  }

  private static func pathBytes(_ object: [String: JSONValue]) -> Data? {
    if case .string(let encoded)? = object["path_base64"] { return Data(base64Encoded: encoded) }
    if case .string(let text)? = object["path"] { return Data(text.utf8) }
    return nil
  }
}

/// Why a line cannot be understood.
package struct WorkerRequestError: Failure {
  /// What the line calls the photo; empty where it calls none.
  package var path = ""
  package var extras: [String: JSONValue] = [:]
  package let reason: String

  package var parts: FailureParts { .init(.badData, path.isEmpty ? nil : path, reason) }
}

/// A line that `caption worker` writes: what came with the request, and what became of it.
package struct WorkerReply: Encodable, Sendable {
  package let extras: [String: JSONValue]
  package let result: CaptionExchange

  /// What the worker writes itself and hence gives back of no request.
  static let ownKeys: Set<String> = Set(
    [
      CaptionExchange.CodingKeys.path, .pathBytes, .contentHash, .pictureHash, .byteCount,
      .modifiedNanoseconds, .format, .width, .height, .orientation, .caption, .confidence,
      .logProbability, .words, .alternatives, .noun, .model, .decoding, .createdAt, .embedding,
      .error,
    ].map(\.rawValue))

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    for (key, value) in extras { try object.encode(value, forKey: Key(stringValue: key)) }
    try result.encode(to: encoder)
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
