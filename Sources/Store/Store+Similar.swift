internal import Algorithms
package import Files
internal import Foundation
internal import GRDB
internal import Tensors

/// A photo that looks like another.
package struct SimilarPhoto: Hashable, Sendable, Encodable {
  package let photo: PhotoSummary
  /// The cosine of the angle between the embeddings: 1 for the same, 0 for nothing in common.
  package let cosine: Double

  enum CodingKeys: String, CodingKey {
    case cosine
  }

  package func encode(to encoder: any Encoder) throws {
    try photo.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(cosine, forKey: .cosine)
  }
}

extension Store {
  /// A model's embedding of a picture, of Euclidean length 1.
  ///
  /// - Returns: nil where the store has none.
  /// - Throws: `StoreError`.
  package func embedding(of picture: PictureID, model: ContentHash) throws -> [Float]? {
    try read { database in
      try Data.fetchOne(
        database,
        sql: """
          SELECT vector FROM embeddings JOIN models ON models.id = model_id
          WHERE content_hash = ? AND image_id = ?
          """, arguments: [model.data, picture.number]
      ).map { $0.withUnsafeBytes(HalfVector.values) }
    }
  }

  /// The photos whose embeddings by a model are nearest to one by the same model, nearest first;
  /// each with its latest caption, by that model rather than another, and the path where it was
  /// seen last.
  ///
  /// - Parameters:
  ///   - embedding: of any length but zero.
  ///   - datasets: also photos that only evaluations have entered.
  /// - Throws: `StoreError`.
  package func similar(
    to embedding: [Float], model: ContentHash, limit: Int, datasets: Bool = false
  ) throws -> [SimilarPhoto] {
    let length = embedding.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard limit > 0, length > 0, length.isFinite else { return [] }
    let direction = embedding.map { Float(Double($0) / length) }
    return try read { database in
      guard
        let modelID = try database.number(of: ModelRow.self, model.data)
      else { return [] }
      let all = try database.neighbours(of: direction, model: modelID)
      // Some may have no file any more: then more are taken.
      var count = min(limit, all.count)
      while true {
        let nearest = all.min(count: count, sortedBy: Neighbour.isNearer)
        var photos: [SimilarPhoto] = []
        for neighbour in nearest where photos.count < limit {
          let photo = try database.photo(neighbour.image, model: modelID, datasets: datasets)
          guard let photo else { continue }
          photos.append(SimilarPhoto(photo: photo, cosine: Double(neighbour.cosine)))
        }
        if photos.count == limit || nearest.count == all.count { return photos }
        count = min(8 * count, all.count)
      }
    }
  }
}

/// A picture and how near it is.
private struct Neighbour {
  let image: Int64
  let cosine: Float

  /// Nearer, or as near and entered earlier.
  static func isNearer(_ a: Neighbour, _ b: Neighbour) -> Bool {
    a.cosine > b.cosine || (a.cosine == b.cosine && a.image < b.image)
  }
}

extension Database {
  /// All pictures that have an embedding of that size by the model.
  ///
  /// - Parameter direction: of length 1.
  fileprivate func neighbours(of direction: [Float], model: Int64) throws -> [Neighbour] {
    var neighbours: [Neighbour] = []
    let rows = try Row.fetchCursor(
      self, sql: "SELECT image_id, vector FROM embeddings WHERE model_id = ?", arguments: [model])
    try direction.withUnsafeBufferPointer { direction in
      while let row = try rows.next() {
        let image: Int64 = try row.value("image_id")
        try row.withUnsafeData(atIndex: 1) { vector in
          guard let vector, vector.count == 2 * direction.count else { return }
          let cosine = vector.withUnsafeBytes { HalfVector.dot($0, direction) }
          guard cosine.isFinite else {
            throw UnreadableValue(column: "vector", reason: "has numbers that are not finite")
          }
          neighbours.append(Neighbour(image: image, cosine: cosine))
        }
      }
    }
    return neighbours
  }

  fileprivate func photo(_ image: Int64, model: Int64, datasets: Bool) throws -> PhotoSummary? {
    try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT \(PhotoSummary.columns)
          FROM images AS i
          JOIN captions AS c ON c.image_id = i.id
          JOIN files AS f ON f.image_id = i.id
          LEFT JOIN models AS m ON m.id = c.model_id
          WHERE i.id = ? AND (f.in_album = 1 OR ?)
            AND \(Album.counts(madeBy: "c.run_id", datasets: datasets))
          ORDER BY c.model_id IS ? DESC, c.id DESC, f.seen_at DESC, f.path LIMIT 1
          """), arguments: [image, datasets, model]
    ).map(PhotoSummary.init(row:))
  }
}
