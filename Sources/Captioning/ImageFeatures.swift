package import Tensors

/// What an encoder makes of an image, and all that a decoder sees of it.
package struct ImageFeatures: Sendable {
  /// `[regions, channels]`: the feature map, row by row from the image's top left corner.
  package var regions: Tensor
  /// How many regions stand below each other; `gridHeight · gridWidth` is the number of regions.
  package var gridHeight: Int
  /// How many regions stand side by side.
  package var gridWidth: Int
  /// `[channels]`: the embedding of the whole image.
  package var pooled: Tensor

  /// - Precondition: the shapes fit together.
  package init(regions: Tensor, gridHeight: Int, gridWidth: Int, pooled: Tensor) {
    precondition(
      regions.shape.rank == 2 && regions.shape[0] == gridHeight * gridWidth
        && pooled.shape.rank == 1,
      "features \(regions.shape) of a grid \(gridHeight) × \(gridWidth), pooled \(pooled.shape)")
    self.regions = regions
    self.gridHeight = gridHeight
    self.gridWidth = gridWidth
    self.pooled = pooled
  }

  /// - Returns: nil where the encoder was not asked for map and embedding.
  init?(_ image: EncodedImage) {
    guard let map = image.map, let embedding = image.embedding else { return nil }
    self.init(
      regions: map, gridHeight: image.gridHeight, gridWidth: image.gridWidth, pooled: embedding)
  }
}
