import Datasets
import Testing

struct SimilarPhotosTests {
  private func photo(_ bits: UInt64?, _ split: String, content: Int) -> SimilarPhotos.Photo {
    SimilarPhotos.Photo(hash: bits.map(PerceptualHash.init(bits:)), split: split, content: content)
  }

  @Test func theNearestOfAnotherSplit() {
    let base: UInt64 = 0xF0F0_1234_5678_9ABC
    let photos = [
      photo(base, "train", content: 0), photo(base ^ 0b11, "train", content: 1),
      photo(base ^ 0b1, "val", content: 2), photo(base ^ 0b1, "test", content: 3),
      photo(~base, "test", content: 4), photo(nil, "test", content: 5),
      // The same file as the first.
      photo(base, "test", content: 0),
    ]
    let pairs = SimilarPhotos(photos).pairs()
    #expect(pairs.map { [$0.photo, $0.other, $0.distance] } == [[2, 3, 0], [6, 2, 1]])
  }

  /// Every pair that a look at all pairs finds, wherever the bits differ.
  @Test func noPairIsMissed() {
    var random = SystemRandomNumberGenerator()
    let centres = (0..<40).map { _ in UInt64.random(in: 0 ... .max, using: &random) }
    let photos = (0..<400).map { index in
      var bits = centres[index % centres.count]
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        bits ^= 1 << UInt64.random(in: 0..<64, using: &random)
      }
      return photo(bits, index < 300 ? "train" : "val", content: index)
    }
    let found = SimilarPhotos(photos).pairs().map { [$0.photo, $0.distance] }
    let expected = photos.indices.compactMap { index -> [Int]? in
      guard index >= 300, let hash = photos[index].hash else { return nil }
      let distances = photos[..<300].compactMap { $0.hash?.distance(to: hash) }
      return distances.min().flatMap {
        $0 <= PerceptualHash.similarDistance ? [index, $0] : nil
      }
    }
    #expect(found == expected)
  }
}
