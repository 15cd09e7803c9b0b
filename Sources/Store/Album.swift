/// Which pictures are shown: not those that were forgotten, nor, unless they were asked for, those
/// that only evaluations of datasets have entered.
enum Album {
  /// SQL that tells of a picture.
  ///
  /// - Parameters:
  ///   - image: the SQL of its number.
  ///   - datasets: whether pictures of datasets were asked for.
  static func shows(_ image: String, datasets: Bool) -> String {
    """
    (EXISTS (
        SELECT 1 FROM files WHERE files.image_id = \(image) \(datasets ? "" : "AND in_album = 1"))
      OR NOT EXISTS (
        SELECT 1 FROM files WHERE files.image_id = \(image)
        UNION ALL SELECT 1 FROM forgotten_files WHERE forgotten_files.image_id = \(image)))
    """
  }

  /// SQL that tells of something that a run made, such as a caption.
  ///
  /// - Parameters:
  ///   - run: the SQL of its number.
  ///   - datasets: whether what evaluations made was asked for.
  static func counts(madeBy run: String, datasets: Bool) -> String {
    datasets
      ? "TRUE"
      : "NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = \(run) AND runs.kind = 'evaluation')"
  }
}
