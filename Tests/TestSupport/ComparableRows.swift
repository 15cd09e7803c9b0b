internal import GRDB
package import Store

extension Store {
  /// What a batch leaves in the store, row by row, but for times and the numbers of runs.
  package func comparableRows() throws -> [String] {
    try read { database in
      try [
        "SELECT id, hex(content_hash), byte_count, format, width, height FROM images ORDER BY id",
        "SELECT hex(path), image_id, byte_count, modified_nanoseconds FROM files ORDER BY path",
        """
        SELECT id, image_id, text, model_id, decoding_id, log_probability, words, alternatives
        FROM captions ORDER BY id
        """,
        "SELECT model_id, image_id, hex(vector) FROM embeddings ORDER BY model_id, image_id",
        "SELECT hex(path), kind, reason FROM failures WHERE closed_at IS NULL ORDER BY path",
        "SELECT rowid, text FROM caption_texts ORDER BY rowid",
      ].flatMap { try Row.fetchAll(database, sql: $0).map { "\($0)" } }
    }
  }
}
