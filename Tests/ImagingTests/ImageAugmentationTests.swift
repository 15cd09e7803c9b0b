import Imaging
import Tensors
import Testing

@Suite struct ImageAugmentationTests {
  private let photo = countingPicture(width: 60, height: 40)

  private func changed(_ options: ImageAugmentation, seed: UInt64) -> RGBImage {
    var random = SeededRandom(seed: seed)
    return options(photo, random: &random)
  }

  @Test func `without changes the picture stays as it is`() {
    var none = ImageAugmentation()
    (none.smallestPart, none.flipProbability, none.colour) = (1, 0, 0)
    for seed in 0..<5 { #expect(changed(none, seed: UInt64(seed)) == photo) }
  }

  @Test func `the same seed makes the same picture, another seed another`() {
    let options = ImageAugmentation()
    #expect(changed(options, seed: 1) == changed(options, seed: 1))
    #expect(changed(options, seed: 1) != changed(options, seed: 2))
  }

  @Test func `half of the pictures are mirrored, and nothing else`() {
    var flips = ImageAugmentation()
    (flips.smallestPart, flips.colour) = (1, 0)
    let mirrored = photo.oriented(.mirrored)
    let count = (0..<400).count { seed in
      let result = changed(flips, seed: UInt64(seed))
      #expect(result == photo || result == mirrored)
      return result == mirrored
    }
    #expect((160...240).contains(count))
  }

  @Test func `parts have their share of the area and lie anywhere`() {
    var crops = ImageAugmentation()
    (crops.smallestPart, crops.flipProbability, crops.colour) = (0.5, 0, 0)
    var areas: [Double] = []
    var proportions: [Double] = []
    var corners = Set<[UInt8]>()
    for seed in 0..<500 {
      let part = changed(crops, seed: UInt64(seed))
      areas.append(Double(part.width * part.height) / 2400)
      proportions.append(Double(part.width) / Double(part.height) / 1.5)
      corners.insert(Array(part.pixels.prefix(3)))
    }
    #expect(areas.allSatisfy { 0.42 < $0 && $0 <= 1 })
    #expect(areas.contains { $0 < 0.55 } && areas.contains { $0 > 0.9 })
    let mean = areas.reduce(0, +) / 500
    #expect((0.70...0.78).contains(mean))
    #expect(proportions.allSatisfy { (0.7...1.42).contains($0) })
    #expect(proportions.contains { $0 < 0.8 } && proportions.contains { $0 > 1.25 })
    #expect(corners.count > 100)
  }

  @Test func `colours change within their bounds`() {
    var colours = ImageAugmentation()
    (colours.smallestPart, colours.flipProbability, colours.colour) = (1, 0, 0.2)
    let grey = RGBImage(width: 2, height: 1, pixels: [100, 100, 100, 100, 100, 100])
    var values = Set<UInt8>()
    for seed in 0..<100 {
      var random = SeededRandom(seed: UInt64(seed))
      values.formUnion(colours(grey, random: &random).pixels)
    }
    // Contrast and saturation leave a grey picture alone; brightness multiplies.
    #expect((79...83).contains(values.min() ?? 0) && (117...120).contains(values.max() ?? 0))
  }
}
