public import Files

/// What tells which picture a photo's file holds, and how it shows it.
///
/// The picture is what counts: a rating, a place or a caption that some program writes into the file
/// changes `content`, but not `picture`.
public struct PhotoIdentity: Hashable, Sendable {
  /// Of all bytes of the file.
  public let content: ContentHash
  /// Of the bytes that make the picture. Where they cannot be told from the rest, of all.
  public let picture: ContentHash
  /// How the file asks for its picture to be turned and mirrored: where the number is the same, the
  /// same is seen. 1 stands for not at all.
  public let orientation: Int

  /// - Parameter picture: nil where it cannot be told from the rest of the file.
  package init(content: ContentHash, picture: ContentHash? = nil, orientation: Int = 1) {
    self.content = content
    self.picture = picture ?? content
    self.orientation = orientation
  }
}

/// A picture in a store, by its number there.
public struct PictureID: Hashable, Sendable {
  let number: Int64
}
