import Foundation
import Imaging
import PhotoMetadata
import TestSupport
import Testing

/// A photo of `data/`, by its path there.
func photo(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: projectFolder.appending(path: "data").appending(path: path)))
}

let decoding = "references/images/decoding"

/// Photos of every kind that metadata is written into.
let photoNames =
  [
    "samples/china.jpg", "samples/flower.jpg", "samples/rocket.jpg", "samples/chelsea.png",
  ]
  + [
    "baseline-420.jpg", "progressive.jpg", "cmyk.jpg", "grey.jpg", "restart.jpg",
    "orientation-6.jpg", "grey-1.png", "palette-alpha.png", "orientation-6.png",
    "interlaced-alpha.png", "lossy.webp", "lossless.webp", "alpha.webp", "animated.webp",
    "orientation-8.webp", "photo.heic", "alpha.heic", "rotated.heic", "photo.avif", "alpha.avif",
  ].map { "\(decoding)/\($0)" }

func fileExtension(_ name: String) -> String { String(name.split(separator: ".").last ?? "") }

let model = "resnet50-lstm"
let version = "1.0"

/// A text as the model's that all tests have.
func sentence(_ text: String) -> PhotoSentence {
  PhotoSentence(text, model: model, version: version)
}

/// A photo with a description in it.
func described(
  _ bytes: [UInt8], _ text: String, model: String = model, overwriteHuman: Bool = false
) throws -> [UInt8] {
  let format = try #require(ImageFormat(bytes))
  return try EmbeddedDescription.write(
    PhotoSentence(text, model: model, version: version), into: bytes, format: format,
    name: "photo", overwriteHuman: overwriteHuman
  ).bytes
}

/// The number whose bytes these are, the highest first.
func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

/// The compressed picture in a file, and nothing else.
func picture(_ bytes: [UInt8]) throws -> [[UInt8]] {
  switch try #require(ImageFormat(bytes)) {
  case .jpeg:
    // From the first quantization table or frame header on: all that comes behind metadata.
    var offset = 2
    var parts: [[UInt8]] = []
    while bytes[offset + 1] != 0xDA {
      let end = offset + 2 + Int(bytes[offset + 2]) << 8 + Int(bytes[offset + 3])
      let marker = bytes[offset + 1]
      if marker != 0xE1, marker != 0xED { parts.append(Array(bytes[offset..<end])) }
      offset = end
    }
    return parts + [Array(bytes[offset...])]
  case .png:
    var offset = 8
    var parts: [[UInt8]] = []
    while offset < bytes.count {
      let end = offset + 12 + number(bytes[offset..<offset + 4])
      if !["iTXt", "tEXt"].contains(String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self))
      {
        parts.append(Array(bytes[offset..<end]))
      }
      offset = end
    }
    return parts
  case .webp:
    var offset = 12
    var parts: [[UInt8]] = []
    while offset < bytes.count {
      let length = number(bytes[offset + 4..<offset + 8].reversed())
      let end = offset + 8 + length + length % 2
      let type = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
      if !["VP8X", "XMP "].contains(type) { parts.append(Array(bytes[offset..<end])) }
      offset = end
    }
    return parts
  case .heic, .avif:
    return try items(bytes).filter { !["mime"].contains($0.type) }.map(\.payload)
  }
}

func pixels(_ bytes: [UInt8]) throws -> [UInt8] {
  try ImageDecoder.decode(bytes: bytes, name: "photo").pixels
}
