package import Files

/// What tells which picture a photo's file holds, and how it shows it.
///
/// The picture is what counts: a rating, a place or a caption that some program writes into the file
/// changes `content`, but not `picture`.
package struct PhotoIdentity: Hashable, Sendable {
  /// Of all bytes of the file.
  package let content: ContentHash
  /// Of the bytes that make the picture. Where they cannot be told from the rest, of all.
  package let picture: ContentHash
  /// How the file asks for its picture to be turned and mirrored: where the number is the same, the
  /// same is seen. 1 stands for not at all.
  package let orientation: Int

  /// - Parameter picture: nil where it cannot be told from the rest of the file.
  package init(content: ContentHash, picture: ContentHash? = nil, orientation: Int = 1) {
    self.content = content
    self.picture = picture ?? content
    self.orientation = orientation
  }
}

/// A picture in a store, by its number there.
package struct PictureID: Hashable, Sendable {
  let number: Int64
}
