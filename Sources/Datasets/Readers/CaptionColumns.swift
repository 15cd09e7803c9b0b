/// What the columns of a table of captions, or the members of an object, are called: one list for
/// all forms, the first that there is counts.
enum CaptionColumns {
  static let photos = [
    "image", "image_name", "file_name", "filename", "file_path", "filepath", "image_path", "path",
    "photo",
  ]
  private static let captions = [
    "captions", "caption", "text", "comment", "sentences", "sentence", "raw", "description",
  ]
  static let numbers = ["image_id", "imgid", "img_id", "cocoid", "id"]
  static let split = "split"

  /// The columns with captions: the first of the usual ones, or else those of one name that are
  /// numbered, as `caption_0` to `caption_4`.
  ///
  /// - Returns: indices of names.
  static func captions(in names: [String]) -> [Int] {
    for name in captions {
      if let index = names.firstIndex(of: name) { return [index] }
    }
    for name in captions {
      let numbered = names.enumerated().compactMap { index, other -> (number: UInt, index: Int)? in
        guard other.hasPrefix(name) else { return nil }
        return UInt(other.dropFirst(name.count).drop { $0 == "_" }).map { ($0, index) }
      }
      if !numbered.isEmpty { return numbered.sorted { $0.number < $1.number }.map(\.index) }
    }
    return []
  }

  /// A photo's number where there is one in a text: “42”, “42.0” as pandas writes it, and BLIP's
  /// “coco_42”.
  static func number(in text: String) -> Int64? {
    let digits = text.hasPrefix("coco_") ? text.dropFirst(5) : text[...]
    return Int64(digits) ?? Double(digits).flatMap { Int64(exactly: $0) }
  }
}
