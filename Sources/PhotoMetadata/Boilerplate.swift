/// Texts that cameras and programs write into every picture.
enum Boilerplate {
  /// Whether a text is one of them, or no text at all.
  static func holds(_ text: String) -> Bool {
    let words = DescriptionText.trimmed(text).uppercased()
    if words.isEmpty || whole.contains(words) { return true }
    return beginnings.contains(where: words.hasPrefix) || isFileName(words)
      // Readings of telephones, as JSON.
      || words.hasPrefix("{") && words.hasSuffix("}")
  }

  /// A name that a camera gave the file: “IMG_0001”, “DSC00001.JPG”, “P1010001”, also with a date
  /// and a time, “IMG_20210704_183005”.
  private static func isFileName(_ words: String) -> Bool {
    let name = words.split(separator: ".").first ?? ""
    let stem = name.prefix { !$0.isNumber }
    return stems.contains(String(stem))
      && name.dropFirst(stem.count).allSatisfy { $0.isNumber || $0 == "_" }
      && name.count >= 7
  }

  private static let stems: Set<String> = [
    "IMG_", "DSC", "DSC_", "DSCN", "DSCF", "DJI_", "GOPR", "P", "SAM_", "PICT", "IMGP",
  ]

  private static let whole: Set<String> = [
    "OLYMPUS DIGITAL CAMERA", "SONY DSC", "SAMSUNG CAMERA PICTURES", "DIGITAL CAMERA",
    "KODAK DIGITAL STILL CAMERA", "MINOLTA DIGITAL CAMERA", "KONICA MINOLTA DIGITAL CAMERA",
    "EXIF_JPEG_PICTURE", "EXIF JPEG", "JPEG", "DEFAULT", "DEFAULT DESCRIPTION", "IMAGE", "PHOTO",
    "DCF 1.0", "CASIO COMPUTER CO.,LTD.", "RICOH", "RODIN", "BTF", "BTY", "OZNOR", "OZNORWO",
    "OZTUER", "MDE", "SDR", "HDR", "DAV", "NOR", "QRF", "TPL", "MAKER:0X", "UNTITLED",
    "CREATED BY IMAGEMAGICK", "ASCII", "USER COMMENTS", "DIGIMAX", "---", "SCREENSHOT",
    "DIGITAL STILL CAMERA", "DIGITAL STILLCAMERA", "PENTAX", "NIKON DIGITAL CAMERA",
    "CHARSET=ASCII", "APPLEMARK", "*", "MINOLTA DSC", "COF", "RBT", "EDF", "HDRPL", "FBT", "PTR",
    "RHDR", "VIGNETTE", "BINARY COMMENT", "HISILICON K3", "IMAGE DESCRIPTION", "CAMERA", "0",
    "EASTMAN KODAK COMPANY", "HTTP://WWW.PIXELMATOR.COM",
  ]

  /// Comments of encoders, which end in a version, a quality or a name of their own: libgd's
  /// (gd_jpeg.c), XV's, Photoshop's, GIMP's, LEAD's, Intel's, Flickr's; and paths on a camera's card.
  private static let beginnings = [
    "CREATOR: GD-JPEG", "CREATOR: XV", "FILE WRITTEN BY ADOBE PHOTOSHOP", "CREATED WITH GIMP",
    "CREATED WITH THE GIMP", "LEAD TECHNOLOGIES", "INTEL(R) JPEG LIBRARY", "INTEL® JPEG LIBRARY",
    "JPEG ENCODER COPYRIGHT", "PROCESSED BY EBAY", "OPTIMIZED BY JPEGMINI", "HANDMADE SOFTWARE",
    "U-LEAD SYSTEMS", "ACD SYSTEMS DIGITAL IMAGING", "LAVC", "COMPRESSED BY JPEG-RECOMPRESS",
    "CMP3.", "DCIM\\", "DCIM/", "CREATED BY PAINT.NET", "CREATED WITH PAINT.NET",
    "CREATED WITH IMAGEMAGICK", "CHARSET=", "FBMD", "PROCESSED WITH VSCO", "PROCESSED WITH MOLDIV",
    "PAINT TOOL -SAI-", "<KENOX ", "<DIGIMAX ",
  ]
}
