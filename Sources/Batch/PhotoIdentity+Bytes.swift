internal import PhotoMetadata
package import Store

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
  /// - Parameter bytes: all of a photo's file. What its metadata tells is taken over as far as it
  ///   makes sense.
  package init(of bytes: [UInt8]) {
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
    var seen: Set<String> = []
    humanCaptions = properties.descriptions.filter {
      $0.author == .person && seen.insert($0.text).inserted
    }.map { HumanCaption(text: $0.text, source: .embedded) }
  }
}
