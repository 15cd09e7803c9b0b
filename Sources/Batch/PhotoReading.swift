internal import Algorithms
internal import Files
internal import PhotoMetadata
package import Store
package import SystemPackage

extension PhotoIdentity {
  /// - Parameter bytes: all of a photo's file.
  package init(of bytes: [UInt8]) {
    let data = PictureData(bytes)
    self.init(
      content: ContentHash(of: bytes), picture: data.map { ContentHash(of: $0.pieces) },
      orientation: data?.orientation ?? 1)
  }
}

extension PhotoFacts {
  /// What a photo's metadata tells, as far as it makes sense.
  ///
  /// - Parameters:
  ///   - bytes: all of the file.
  ///   - path: of the file, beside which others may tell more.
  package init(of bytes: [UInt8], at path: FilePath? = nil) {
    let properties = PhotoProperties(bytes)
    self.init()
    capturedAt = properties.captureTime
    cameraMake = properties.cameraMake
    cameraModel = properties.cameraModel
    if let latitude = properties.latitude, let longitude = properties.longitude,
      (-90...90).contains(latitude), (-180...180).contains(longitude)
    {
      self.latitude = latitude
      self.longitude = longitude
    }
    humanCaptions =
      (HumanCaption.all(in: properties.descriptions, .embedded)
      + (path.map(HumanCaption.beside) ?? [])).uniqued(on: \.text)
  }
}

extension HumanCaption {
  /// What people wrote in the files beside a photo.
  package static func beside(_ photo: FilePath) -> [HumanCaption] {
    Sidecar.texts(beside: photo).flatMap { all(in: $0.texts, .sidecar) }
  }

  /// People's texts, the descriptions first.
  fileprivate static func all(
    in texts: [PhotoDescription], _ source: Source
  ) -> [HumanCaption] {
    PhotoDescription.Field.allCases.flatMap { field in
      texts.filter { $0.author == .person && $0.place.field == field }
    }.map { HumanCaption(text: $0.text, source: source) }
  }
}
