/// What is wrong with the photos of a dataset, one by one and beside each other.
package struct PhotoCheck {
  /// What became of looking at a photo.
  package enum Look: Sendable {
    /// - Parameter content: what makes files the same, such as a hash of their bytes.
    case seen(PhotoTraits, content: String)
    /// There is no such file.
    case missing
    case failed(reason: String)
  }

  package struct Photo: Sendable {
    /// What the dataset calls it.
    package let name: String
    package let split: String
    /// The file, or the name where no file was found.
    package let origin: DatasetOrigin
    package let look: Look

    package init(name: String, split: String, origin: DatasetOrigin, look: Look) {
      self.name = name
      self.split = split
      self.origin = origin
      self.look = look
    }

    /// Photos that are in no split are neither trained on nor measured by.
    fileprivate var isListed: Bool { split != DatasetSplit.unlisted }
  }

  private var photos: [Photo] = []

  package init() {}

  /// Photos are added in the order of the dataset.
  package mutating func add(_ photo: Photo) { photos.append(photo) }

  /// - Returns: what is wrong with single photos, then what with several together.
  package func findings() -> [DatasetProblem] {
    photos.flatMap(findings) + sharedFindings() + similarFindings()
  }

  private func findings(of photo: Photo) -> [DatasetProblem] {
    func finding(_ kind: DatasetProblem.Kind, _ detail: String) -> DatasetProblem {
      DatasetProblem(kind, at: photo.origin, detail)
    }
    switch photo.look {
    case .missing: return [finding(.missingPhoto, "there is no file of “\(photo.name)”")]
    case .failed(let reason): return [finding(.corruptPhoto, reason)]
    case .seen(let traits, _):
      var found: [DatasetProblem] = []
      if traits.faults > 0 {
        let faults = traits.faults == 1 ? "a fault" : "\(traits.faults) faults"
        found.append(finding(.damagedPhoto, "its decoder worked around \(faults)"))
      }
      if traits.isGreyscale { found.append(finding(.greyscalePhoto, "it has no colours")) }
      return found
    }
  }

  /// Files that are the same: of each, the first in its split and the first in another.
  private func sharedFindings() -> [DatasetProblem] {
    // By content and split.
    var firsts: [[String]: Photo] = [:]
    // By content, the first two of different splits: one of them is of another than any photo.
    var pairs: [String: [Photo]] = [:]
    return photos.flatMap { photo -> [DatasetProblem] in
      guard case .seen(_, let content) = photo.look else { return [] }
      var found: [DatasetProblem] = []
      if let first = firsts[[content, photo.split]] {
        found.append(
          DatasetProblem(.duplicatePhoto, at: photo.origin, "the same file as \(first.origin)"))
      } else {
        firsts[[content, photo.split]] = photo
        if photo.isListed, pairs[content, default: []].count < 2 {
          pairs[content, default: []].append(photo)
        }
      }
      let other = pairs[content]?.first { $0.split != photo.split }
      if photo.isListed, let other {
        found.append(
          DatasetProblem(
            .sharedPhoto, at: photo.origin,
            "the same file as \(other.origin), in “\(photo.split)” and “\(other.split)”"))
      }
      return found
    }
  }

  private func similarFindings() -> [DatasetProblem] {
    var contents: [String: Int] = [:]
    let seen = photos.compactMap { photo -> (Photo, SimilarPhotos.Photo)? in
      guard photo.isListed, case .seen(let traits, let content) = photo.look else { return nil }
      let number = contents[content] ?? contents.count
      contents[content] = number
      return (
        photo, SimilarPhotos.Photo(hash: traits.hash, split: photo.split, content: number)
      )
    }
    return SimilarPhotos(seen.map(\.1)).pairs().map { pair in
      let (photo, other) = (seen[pair.photo].0, seen[pair.other].0)
      return DatasetProblem(
        .similarPhoto, at: photo.origin,
        "it looks like \(other.origin), in “\(photo.split)” and “\(other.split)” "
          + "(\(pair.distance) of 64 bits differ)")
    }
  }
}
