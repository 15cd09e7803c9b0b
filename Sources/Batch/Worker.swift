internal import Captioning
package import Files
internal import Foundation
internal import Imaging
internal import Store
internal import SystemPackage

/// Answers one line with one line: what `caption worker` does. May be used from several threads.
package struct Worker: Sendable {
  private let captioner: PhotoCaptioner
  private let hasEmbeddings: Bool

  /// - Parameter embeddings: whether replies have the photos' embeddings.
  package init(_ captioner: PhotoCaptioner, embeddings: Bool = false) {
    self.captioner = captioner
    hasEmbeddings = embeddings
  }

  /// - Parameter mayBeObject: whether a line that begins with `{` is an object.
  /// - Returns: JSON on one line, with its end.
  package func reply(to line: LineReader.Line, mayBeObject: Bool) -> [UInt8] {
    let reply = result(line, mayBeObject)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(reply)) + [UInt8(ascii: "\n")]
    } catch {
      // JSON has no infinities, which only a broken model would find.
      var result = CaptionExchange(path: reply.result.filePath ?? FilePath())
      result.error = .init(kind: .badData, message: "the model's numbers are not finite")
      let failed = try? encoder.encode(WorkerReply(extras: [:], result: result))
      return Array(failed ?? Data("{}".utf8)) + [UInt8(ascii: "\n")]
    }
  }

  private func result(_ line: LineReader.Line, _ mayBeObject: Bool) -> WorkerReply {
    do {
      guard case .line(let bytes) = line else {
        throw WorkerRequestError(
          reason: "the line is longer than \(WorkerRequest.maximumLength) bytes")
      }
      let request = try WorkerRequest(line: bytes, mayBeObject: mayBeObject)
      return WorkerReply(extras: request.extras, result: result(request.path))
    } catch {
      let error = error as? WorkerRequestError ?? WorkerRequestError(reason: "\(error)")
      var result = CaptionExchange(path: FilePath())
      result.path = error.path
      result.error = .init(kind: .badData, message: error.reason)
      return WorkerReply(extras: error.extras, result: result)
    }
  }

  private func result(_ path: FilePath) -> CaptionExchange {
    var result = CaptionExchange(path: path)
    let name = String(decoding: path)
    do {
      let file = try PhotoFile(at: path)
      result.enter(file.state)
      let described = try captioner.describe(bytes: file.bytes, name: name)
      result.enter(
        described.photo, described.machine, embedding: hasEmbeddings ? described.embedding : nil)
      result.noun = described.caption.noun
      captioner.source.sign(&result)
    } catch {
      let failure = PhotoFailure(error, of: name)
      result.error = .init(kind: failure.kind, message: failure.reason)
      result.createdAt = Timestamp.now.text
    }
    return result
  }
}
