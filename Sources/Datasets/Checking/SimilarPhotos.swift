/// Finds photos of different splits that look alike.
package struct SimilarPhotos {
  package struct Photo: Sendable {
    /// Nil where the picture has none.
    package let hash: PerceptualHash?
    package let split: String
    /// Photos with the same content are the same photo, not similar ones.
    package let content: Int

    package init(hash: PerceptualHash?, split: String, content: Int) {
      self.hash = hash
      self.split = split
      self.content = content
    }
  }

  /// A photo and the one of another split that it is most like.
  package struct Pair: Equatable, Sendable {
    package let photo: Int
    package let other: Int
    package let distance: Int
  }

  private let photos: [Photo]
  /// The different hashes, and for each two photos of each split that has it, of different content:
  /// one of them differs from whatever content they are compared with.
  private var hashes: [PerceptualHash] = []
  private var owners: [[Int]] = []
  /// Which hashes agree in a band of bits: two hashes that differ in at most
  /// `PerceptualHash.similarDistance` bits agree in at least one of one band more.
  private var bands: [[UInt64: [Int]]]

  private static let bandCount = PerceptualHash.similarDistance + 1

  package init(_ photos: [Photo]) {
    self.photos = photos
    bands = Array(repeating: [:], count: Self.bandCount)
    var numbers: [PerceptualHash: Int] = [:]
    var contents: [Owner: [Int]] = [:]
    for (index, photo) in photos.enumerated() {
      guard let hash = photo.hash else { continue }
      let number = numbers[hash] ?? hashes.count
      if number == hashes.count {
        numbers[hash] = number
        hashes.append(hash)
        owners.append([])
        for band in 0..<Self.bandCount {
          bands[band][Self.key(hash, band), default: []].append(number)
        }
      }
      let owner = Owner(hash: number, split: photo.split)
      let known = contents[owner, default: []]
      guard known.count < 2, !known.contains(photo.content) else { continue }
      contents[owner] = known + [photo.content]
      owners[number].append(index)
    }
  }

  /// Of each photo outside `train` the most similar one in another split, if there is one; no pair
  /// twice.
  package func pairs() -> [Pair] {
    var found: [Pair] = []
    var partners: [Int: Int] = [:]
    for (index, photo) in photos.enumerated() where photo.split != "train" {
      guard let hash = photo.hash, let pair = nearest(to: index, photo, hash),
        partners[pair.other] != index
      else { continue }
      partners[index] = pair.other
      found.append(pair)
    }
    return found
  }

  private func nearest(to index: Int, _ photo: Photo, _ hash: PerceptualHash) -> Pair? {
    var best: Pair?
    for band in 0..<Self.bandCount {
      for number in bands[band][Self.key(hash, band)] ?? [] {
        let distance = hash.distance(to: hashes[number])
        guard distance <= PerceptualHash.similarDistance else { continue }
        for other in owners[number]
        where photos[other].split != photo.split && photos[other].content != photo.content {
          let isBetter =
            best.map { (distance, other) < ($0.distance, $0.other) } ?? true
          if isBetter { best = Pair(photo: index, other: other, distance: distance) }
          break
        }
      }
    }
    return best
  }

  private struct Owner: Hashable {
    let hash: Int
    let split: String
  }

  private static func key(_ hash: PerceptualHash, _ band: Int) -> UInt64 {
    let (from, to) = (band * 64 / bandCount, (band + 1) * 64 / bandCount)
    return hash.bits >> UInt64(from) & (1 << UInt64(to - from) - 1)
  }
}
