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

  /// The columns with captions: those of the first of the usual names that there is, and those of
  /// that name, in the singular or the plural, that are numbered, as `caption_0` to `caption_4`.
  ///
  /// - Returns: indices of names, the numbered ones last and in the order of their numbers.
  static func captions(in names: [String]) -> [Int] {
    func numbered(_ wanted: String) -> [(number: UInt, index: Int)] {
      let stem = wanted.hasSuffix("s") ? String(wanted.dropLast()) : wanted
      return names.enumerated().compactMap { index, name -> (number: UInt, index: Int)? in
        guard name.hasPrefix(stem) else { return nil }
        var rest = name.dropFirst(stem.count)
        if rest.first == "s" { rest = rest.dropFirst() }
        return UInt(rest.drop { $0 == "_" }).map { ($0, index) }
      }.sorted { ($0.number, $0.index) < ($1.number, $1.index) }
    }
    let wanted =
      captions.first { names.contains($0) } ?? captions.first { !numbered($0).isEmpty }
    guard let wanted else { return [] }
    return names.indices.filter { names[$0] == wanted } + numbered(wanted).map(\.index)
  }

  /// A photo's number where there is one in a text: “42”, “42.0” as pandas writes it, and BLIP's
  /// “coco_42”.
  static func number(in text: String) -> Int64? {
    let digits = text.hasPrefix("coco_") ? text.dropFirst(5) : text[...]
    return Int64(digits) ?? Double(digits).flatMap { Int64(exactly: $0) }
  }
}
