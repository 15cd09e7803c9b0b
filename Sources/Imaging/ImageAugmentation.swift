internal import Foundation
public import Tensors

/// Random changes to a training photo that leave what is to be said of it the same: a part of it, in
/// other proportions, mirrored, and in other colours.
///
/// The operations and their distributions are torchvision's `RandomResizedCrop` (after which the
/// part goes the usual way into the network's rectangle), `RandomHorizontalFlip` and `ColorJitter`.
public struct ImageAugmentation: Codable, Equatable, Sendable {
  /// The smallest share of the picture's area that a part has; 1 for always the whole.
  public var smallestPart = 0.6
  /// How probable a mirrored picture is.
  public var flipProbability: Float = 0.5
  /// Brightness, contrast and saturation are multiplied by factors within 1 ± this.
  public var colour: Float = 0.2

  public init() {}

  /// How much wider or higher than the picture's a part's proportions may be (Szegedy et al. 2015,
  /// arXiv 1409.4842, §6).
  private static let proportions = 3.0 / 4...4.0 / 3

  /// A changed picture.
  public func callAsFunction(_ image: RGBImage, random: inout SeededRandom) -> RGBImage {
    var image = image.part(part(of: image.size, random: &random))
    if random.uniform() < flipProbability { image = image.oriented(.mirrored) }
    guard colour > 0 else { return image }
    let factors = RGBImage.Adjustment.allCases.map { adjustment in
      (adjustment, 1 + colour * (2 * random.uniform() - 1))
    }
    for (adjustment, factor) in factors.shuffled(using: &random) {
      image.adjust(adjustment, by: factor)
    }
    return image
  }

  /// A rectangle of the picture.
  private func part(of size: ImageSize, random: inout SeededRandom) -> PixelWindow {
    guard smallestPart < 1 else { return PixelWindow(x: 0..<size.width, y: 0..<size.height) }
    let share = smallestPart + (1 - smallestPart) * Double(random.uniform())
    let (low, high) = (Self.proportions.lowerBound, Self.proportions.upperBound)
    // As likely much wider as much higher.
    let proportion = low * pow(high / low, Double(random.uniform()))
    func extent(_ whole: Int, _ share: Double) -> Int {
      min(whole, max(1, Int((Double(whole) * share).rounded())))
    }
    let width = extent(size.width, (share * proportion).squareRoot())
    let height = extent(size.height, (share / proportion).squareRoot())
    let x = Int.random(in: 0...size.width - width, using: &random)
    let y = Int.random(in: 0...size.height - height, using: &random)
    return PixelWindow(x: x..<x + width, y: y..<y + height)
  }
}
