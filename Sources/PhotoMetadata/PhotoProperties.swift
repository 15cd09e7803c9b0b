package import Imaging

/// A text in a photo's metadata that says what can be seen in it.
package struct PhotoDescription: Equatable, Sendable {
  package enum Place: String, Sendable, CaseIterable {
    case description = "XMP description"
    case altText = "XMP alternative text"
    case caption = "IPTC caption"
    case imageDescription = "EXIF image description"
  }

  package enum Author: Equatable, Sendable {
    case person
    case machine(MachineMarker)
  }

  package let place: Place
  /// As RFC 3066 names it; empty where the photo does not say, and “x-default” for the text to be
  /// shown to whom no other language suits.
  package let language: String
  package let text: String
  package let author: Author
}

/// What a photo's metadata tells of how it was taken and what people, or this program, wrote of it.
package struct PhotoProperties: Equatable, Sendable {
  /// As in 2021-07-04T18:30:05+02:00, without zone where it is unknown.
  package var captureTime: String?
  package var cameraMake: String?
  package var cameraModel: String?
  /// Degrees to the north, −90...90.
  package var latitude: Double?
  /// Degrees to the east, −180...180.
  package var longitude: Double?
  /// What the EXIF block says; HEIC and AVIF pictures are turned by other means.
  package var orientation: ImageOrientation?
  /// All texts, by place in the order of `PhotoDescription.Place`, x-default before the other
  /// languages; never empty ones.
  package var descriptions: [PhotoDescription] = []

  package init() {}

  /// Reads the metadata of a file. Damaged metadata is as if it were not there.
  ///
  /// May be called on any thread, with any bytes.
  package init(_ bytes: [UInt8]) {
    self.init(ImageFormat(bytes)?.photoFile(bytes).blocks ?? MetadataBlocks())
  }

  init(_ blocks: MetadataBlocks) {
    let exif = blocks.exif.flatMap(ExifBlock.init)
    captureTime = exif?.captureTime
    cameraMake = exif?.make
    cameraModel = exif?.model
    latitude = exif?.position?.latitude
    longitude = exif?.position?.longitude
    orientation = exif?.orientation.flatMap(ImageOrientation.init(rawValue:))
    let xmp = blocks.xmp.flatMap { try? XMPPacket.read($0) } ?? XMPTexts()
    descriptions = Self.descriptions(
      xmp: xmp, caption: blocks.photoshop.flatMap { try? PhotoshopResources.caption($0) },
      imageDescription: exif?.imageDescription)
  }

  /// The text at a place, in the language for everybody.
  package subscript(_ place: PhotoDescription.Place) -> PhotoDescription? {
    descriptions.first { $0.place == place }
  }

  /// The first text that a person wrote.
  package var humanText: PhotoDescription? { descriptions.first { $0.author == .person } }

  /// The first text that this program wrote and nobody changed since.
  package var machineText: PhotoDescription? { descriptions.first { $0.author != .person } }

  static func descriptions(
    xmp: XMPTexts, caption: String?, imageDescription: String?
  ) -> [PhotoDescription] {
    var all: [PhotoDescription] = []
    func add(_ place: PhotoDescription.Place, _ language: String, _ text: String) {
      let text = DescriptionText.cleaned(text)
      guard !text.isEmpty else { return }
      var author = PhotoDescription.Author.person
      if let marker = xmp.marker {
        // What of a long text fits into IPTC has no marker of its own.
        let isBeginning = all.contains {
          $0.author != .person && text == DescriptionText.truncatedForIPTC($0.text)
        }
        if marker.covers(text) || place == .caption && isBeginning { author = .machine(marker) }
      }
      all.append(PhotoDescription(place: place, language: language, text: text, author: author))
    }
    for text in xmp.description { add(.description, text.language, text.text) }
    for text in xmp.altText { add(.altText, text.language, text.text) }
    if let caption, !isBoilerplate(caption) { add(.caption, "", caption) }
    if let imageDescription, !isBoilerplate(imageDescription) {
      add(.imageDescription, "", imageDescription)
    }
    return all
  }

  /// Whether a text is one that cameras and programs write into every picture.
  private static func isBoilerplate(_ text: String) -> Bool {
    let words = DescriptionText.trimmed(text).uppercased()
    if words.isEmpty || boilerplate.contains(words) { return true }
    // A name that a camera gave the file: “DCIM\100MEDIA\DJI_0001.JPG”, “IMG_0001”, “DSC00001”.
    if words.hasPrefix("DCIM\\") || words.hasPrefix("DCIM/") { return true }
    let name = words.split(separator: ".").first ?? ""
    let stem = name.prefix { !$0.isNumber }
    return ["IMG_", "DSC", "DSC_", "DSCN", "DSCF", "DJI_", "GOPR", "P", "SAM_", "PICT", "IMGP"]
      .contains(String(stem)) && name.dropFirst(stem.count).allSatisfy(\.isNumber)
      && name.count >= 7
  }

  private static let boilerplate: Set<String> = [
    "OLYMPUS DIGITAL CAMERA", "SONY DSC", "SAMSUNG CAMERA PICTURES", "DIGITAL CAMERA",
    "KODAK DIGITAL STILL CAMERA", "MINOLTA DIGITAL CAMERA", "KONICA MINOLTA DIGITAL CAMERA",
    "EXIF_JPEG_PICTURE", "EXIF JPEG", "JPEG", "DEFAULT", "DEFAULT DESCRIPTION", "IMAGE", "PHOTO",
    "DCF 1.0", "CASIO COMPUTER CO.,LTD.", "RICOH", "RODIN", "BTF", "BTY", "OZNOR", "OZNORWO",
    "OZTUER", "MDE", "SDR", "HDR", "DAV", "NOR", "QRF", "TPL", "MAKER:0X", "UNTITLED",
    "CREATED WITH GIMP", "CREATED BY IMAGEMAGICK", "ASCII", "USER COMMENTS", "DIGIMAX", "---",
    "SCREENSHOT", "DIGITAL STILL CAMERA", "PENTAX", "NIKON DIGITAL CAMERA", "CHARSET=ASCII",
  ]
}
