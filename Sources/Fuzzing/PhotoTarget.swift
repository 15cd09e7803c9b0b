internal import Batch
internal import Files
internal import Foundation
internal import Imaging
internal import PhotoMetadata
internal import Store
internal import SystemPackage

/// Reads a photo, describes it in its file and takes the description back. The picture is the same
/// throughout, whoever reads it, and what is taken back leaves no trace.
struct PhotoTarget: FuzzTarget {
  private let place: FuzzPlace
  private let sentence = PhotoSentence(
    "A dog runs after a “ball”.", model: "fuzzed", version: "1.0")

  init(_ place: FuzzPlace) throws { self.place = place }

  func run(_ input: [UInt8]) throws(FuzzFailure) {
    let picture = try decoded(input)
    let identity = PhotoIdentity(of: input)
    _ = PhotoFacts(of: input)
    guard let format = ImageFormat(input) else {
      return try require(picture == nil, "a picture of no format")
    }
    let written = try refusable {
      try EmbeddedDescription.write(
        sentence, into: input, format: format, name: "file", overwriteHuman: true)
    }
    guard let written else { return try checkStripping(of: input, format, picture, identity) }
    try requireSame(written.bytes, picture, identity, "with a description in it")
    let texts = PhotoProperties(written.bytes).descriptions
    let isThere = texts.contains { $0.text == sentence.text && $0.author != .person }
    try require(isThere, "the description is not where it was written: \(texts)")
    let again = try refusable {
      try EmbeddedDescription.write(
        sentence, into: written.bytes, format: format, name: "file", overwriteHuman: true)
    }
    try require(again?.bytes == written.bytes, "the same description once more changes the file")
    try checkStripping(of: written.bytes, format, picture, identity)
    if written.bytes != input { try checkFiles(input, written.bytes) }
  }

  /// The picture and how many faults the decoder met; nil where there is none.
  private func decoded(_ bytes: [UInt8]) throws(FuzzFailure) -> DecodedImage? {
    func isRefusal(_ error: any Error) -> Bool {
      guard let error = error as? ImagingError else { return false }
      return error.kind == .badData && error.description.hasPrefix("file: ")
    }
    return try allowing(isRefusal) {
      try ImageDecoder.decodeWithFacts(bytes: bytes, name: "file")
    }
  }

  private func refusable<Value>(_ work: () throws -> Value) throws(FuzzFailure) -> Value? {
    func isRefusal(_ error: any Error) -> Bool {
      guard let error = error as? MetadataError else { return false }
      return error.kind == .badData && error.description.hasPrefix("file: ")
    }
    return try allowing(isRefusal, work)
  }

  private func requireSame(
    _ bytes: [UInt8], _ picture: DecodedImage?, _ identity: PhotoIdentity, _ name: String
  ) throws(FuzzFailure) {
    let other = PhotoIdentity(of: bytes)
    try require(
      other.picture == identity.picture && other.orientation == identity.orientation,
      "\(name) it is another picture")
    guard let picture else { return }
    let decoded = try decoded(bytes)
    try require(decoded?.image == picture.image, "\(name) it has other pixels")
    try require(decoded?.warnings == picture.warnings, "\(name) it is damaged otherwise")
  }

  private func checkStripping(
    of bytes: [UInt8], _ format: ImageFormat, _ picture: DecodedImage?, _ identity: PhotoIdentity
  ) throws(FuzzFailure) {
    let stripped = try refusable {
      try EmbeddedDescription.stripped(bytes, format: format, name: "file")
    }
    guard let stripped = stripped ?? nil else { return }
    try requireSame(stripped, picture, identity, "stripped")
    let left = PhotoProperties(stripped).descriptions.first { $0.author != .person }
    try require(left == nil, "stripped it says “\(left?.text ?? "")” still")
  }

  /// The same by way of files, and back.
  private func checkFiles(_ input: [UInt8], _ expected: [UInt8]) throws(FuzzFailure) {
    try place.write(input, to: "photo")
    let path = FilePath(place.scratch).appending("photo")
    do {
      guard let edit = try FileEdit.embedding(sentence, in: path, overwriteHuman: true) else {
        throw FuzzFailure(description: "nothing to write into the file")
      }
      try edit.commit()
      try require(try FileReplacement.read(path).bytes == expected, "the file has other bytes")
      let undo = try FileUndo(serialized: edit.undo.serialized, name: "file")
      try require(try undo.apply(to: path), "nothing to take back")
      try require(try FileReplacement.read(path).bytes == input, "taken back it has other bytes")
      let names = try FileManager.default.contentsOfDirectory(atPath: place.scratch)
      try require(names == ["photo"], "left behind: \(names)")
    } catch let failure as FuzzFailure {
      throw failure
    } catch {
      throw FuzzFailure(description: "the file: \(error)")
    }
  }
}
