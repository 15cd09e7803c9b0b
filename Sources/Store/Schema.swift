internal import GRDB

/// The form of the database: one SQL text a version, in order, never changed once released.
enum Schema {
  /// Marks the file as a store of captions: “capt” (see `PRAGMA application_id`).
  static let applicationID = 0x6361_7074

  /// The latest version, kept in `PRAGMA user_version`.
  static var version: Int { versions.count }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for (index, sql) in versions.enumerated() {
      migrator.registerMigration("\(index + 1)") { database in
        try database.execute(sql: sql)
        try database.execute(
          sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(index + 1)")
      }
    }
    return migrator
  }

  private static let versions = [version1, version2, version3, version4]

  /// Times are UTC, as `2026-01-31T09:30:00.000Z`; but `captured_at` is the camera's own time.
  /// Paths are absolute, as the system's bytes. Hashes are SHA-256. Logarithms are natural.
  private static let version1 = """
    -- A picture, whatever its files are called.
    CREATE TABLE images (
      id INTEGER PRIMARY KEY,
      content_hash BLOB NOT NULL UNIQUE CHECK (length(content_hash) = 32),
      byte_count INTEGER NOT NULL CHECK (byte_count > 0),
      format TEXT NOT NULL CHECK (format <> ''),
      -- Upright, in pixels.
      width INTEGER NOT NULL CHECK (width > 0),
      height INTEGER NOT NULL CHECK (height > 0),
      captured_at TEXT
        CHECK (captured_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:*'),
      camera_make TEXT CHECK (camera_make <> ''),
      camera_model TEXT CHECK (camera_model <> ''),
      -- Degrees.
      latitude REAL CHECK (latitude BETWEEN -90 AND 90),
      longitude REAL CHECK (longitude BETWEEN -180 AND 180),
      added_at TEXT NOT NULL,
      CHECK ((latitude IS NULL) = (longitude IS NULL))
    ) STRICT;
    CREATE INDEX images_captured_at ON images (captured_at);

    -- The same picture in other bytes, as a description written into its file leaves it.
    CREATE TABLE image_versions (
      content_hash BLOB PRIMARY KEY CHECK (length(content_hash) = 32),
      image_id INTEGER NOT NULL REFERENCES images ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX image_versions_image ON image_versions (image_id);

    -- Where a picture was last seen. Size and time of change tell whether it must be read again.
    CREATE TABLE files (
      path BLOB PRIMARY KEY CHECK (length(path) > 0),
      image_id INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
      byte_count INTEGER NOT NULL CHECK (byte_count > 0),
      -- Since 1970.
      modified_nanoseconds INTEGER NOT NULL,
      seen_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX files_image ON files (image_id);

    CREATE TABLE models (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL CHECK (name <> ''),
      -- Of configuration, vocabulary and weights.
      content_hash BLOB NOT NULL UNIQUE CHECK (length(content_hash) = 32),
      configuration TEXT NOT NULL CHECK (json_valid(configuration)),
      added_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX models_name ON models (name);

    -- Saves hashing a model's files again. The signature is their sizes and times of change.
    CREATE TABLE model_folders (
      folder BLOB PRIMARY KEY CHECK (length(folder) > 0),
      signature TEXT NOT NULL,
      content_hash BLOB NOT NULL CHECK (length(content_hash) = 32)
    ) STRICT, WITHOUT ROWID;

    -- How captions were searched for: all options, as JSON with sorted keys.
    CREATE TABLE decodings (
      id INTEGER PRIMARY KEY,
      options TEXT NOT NULL UNIQUE CHECK (json_valid(options))
    ) STRICT;

    -- Work that was begun: one row for each batch, import or evaluation.
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('single', 'batch', 'import', 'evaluation')),
      -- 'running' also after a crash: nobody was left to write another word.
      state TEXT NOT NULL CHECK (state IN ('running', 'interrupted', 'finished')),
      request TEXT NOT NULL CHECK (json_valid(request)),
      model_id INTEGER REFERENCES models,
      decoding_id INTEGER REFERENCES decodings,
      captioned INTEGER NOT NULL DEFAULT 0 CHECK (captioned >= 0),
      -- Already there.
      skipped INTEGER NOT NULL DEFAULT 0 CHECK (skipped >= 0),
      failed INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
      started_at TEXT NOT NULL,
      finished_at TEXT,
      CHECK ((state = 'running') = (finished_at IS NULL))
    ) STRICT;

    CREATE TABLE failures (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      path BLOB NOT NULL CHECK (length(path) > 0),
      -- What was tried; null where there was no file to read.
      byte_count INTEGER CHECK (byte_count >= 0),
      modified_nanoseconds INTEGER,
      kind TEXT NOT NULL CHECK (kind IN ('no input', 'bad data', 'input or output')),
      reason TEXT NOT NULL CHECK (reason <> ''),
      failed_at TEXT NOT NULL,
      -- When the photo was captioned after all, failed anew or was forgotten; null while open.
      closed_at TEXT,
      CHECK ((byte_count IS NULL) = (modified_nanoseconds IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX failures_open ON failures (path) WHERE closed_at IS NULL;
    CREATE INDEX failures_run ON failures (run_id);

    CREATE TABLE captions (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
      origin TEXT NOT NULL CHECK (origin IN ('machine', 'human')),
      text TEXT NOT NULL CHECK (text <> ''),
      created_at TEXT NOT NULL,
      run_id INTEGER REFERENCES runs ON DELETE SET NULL,
      -- Of a machine's captions.
      model_id INTEGER REFERENCES models,
      decoding_id INTEGER REFERENCES decodings,
      log_probability REAL CHECK (log_probability <= 0),
      -- The chance that it is right where its model is calibrated.
      confidence REAL CHECK (confidence BETWEEN 0 AND 1),
      -- [{"word", "log_probability"}]
      words TEXT CHECK (words IS NULL OR json_valid(words)),
      -- [{"caption", "log_probability"}], best first.
      alternatives TEXT CHECK (alternatives IS NULL OR json_valid(alternatives)),
      -- Of a person's captions: where they were found.
      source TEXT CHECK (source IN ('embedded', 'sidecar', 'note', 'import')),
      CHECK (
        CASE origin
          WHEN 'machine' THEN model_id IS NOT NULL AND decoding_id IS NOT NULL
            AND log_probability IS NOT NULL AND confidence IS NOT NULL AND words IS NOT NULL
            AND alternatives IS NOT NULL AND source IS NULL
          ELSE model_id IS NULL AND decoding_id IS NULL AND log_probability IS NULL
            AND confidence IS NULL AND words IS NULL AND alternatives IS NULL
            AND source IS NOT NULL
        END)
    ) STRICT;
    -- The same work is never done twice. It holds people's captions, too (no two nulls are the
    -- same), so that all captions of a picture are found by it.
    CREATE UNIQUE INDEX captions_image ON captions (image_id, model_id, decoding_id);
    CREATE UNIQUE INDEX captions_human ON captions (image_id, text) WHERE origin = 'human';
    CREATE INDEX captions_model ON captions (model_id);
    CREATE INDEX captions_run ON captions (run_id);
    CREATE TRIGGER captions_human_stay BEFORE UPDATE ON captions
      WHEN OLD.origin = 'human' AND (NEW.text <> OLD.text OR NEW.origin <> OLD.origin)
      BEGIN SELECT RAISE(ABORT, 'what a person wrote is not overwritten'); END;

    CREATE VIRTUAL TABLE caption_texts USING fts5(
      text, content = 'captions', content_rowid = 'id',
      tokenize = 'porter unicode61 remove_diacritics 2');
    CREATE TRIGGER caption_texts_insert AFTER INSERT ON captions BEGIN
      INSERT INTO caption_texts (rowid, text) VALUES (NEW.id, NEW.text);
    END;
    CREATE TRIGGER caption_texts_delete AFTER DELETE ON captions BEGIN
      INSERT INTO caption_texts (caption_texts, rowid, text) VALUES ('delete', OLD.id, OLD.text);
    END;
    CREATE TRIGGER caption_texts_update AFTER UPDATE OF text ON captions BEGIN
      INSERT INTO caption_texts (caption_texts, rowid, text) VALUES ('delete', OLD.id, OLD.text);
      INSERT INTO caption_texts (rowid, text) VALUES (NEW.id, NEW.text);
    END;

    -- An encoder's embedding of a picture, of Euclidean length 1, as little-endian float16.
    CREATE TABLE embeddings (
      model_id INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
      image_id INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
      vector BLOB NOT NULL CHECK (length(vector) > 0 AND length(vector) % 2 = 0),
      PRIMARY KEY (model_id, image_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX embeddings_image ON embeddings (image_id);

    -- What was written beside photos or into them, and how to take it back.
    CREATE TABLE photo_writes (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      caption_id INTEGER REFERENCES captions ON DELETE SET NULL,
      path BLOB NOT NULL CHECK (length(path) > 0),
      kind TEXT NOT NULL CHECK (kind IN ('txt', 'json', 'xmp', 'embedded')),
      -- How to get the old bytes from the new, or that there was no file.
      undo BLOB NOT NULL,
      after_hash BLOB NOT NULL CHECK (length(after_hash) = 32),
      written_at TEXT NOT NULL,
      undone_at TEXT
    ) STRICT;
    CREATE INDEX photo_writes_run ON photo_writes (run_id);
    CREATE INDEX photo_writes_path ON photo_writes (path);

    -- Photos with people's captions, to train on and to measure by.
    CREATE TABLE datasets (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE CHECK (name <> ''),
      format TEXT NOT NULL CHECK (format <> ''),
      -- Paths of the files that it was read from, with a zero byte after each.
      source BLOB NOT NULL,
      imported_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE dataset_items (
      id INTEGER PRIMARY KEY,
      dataset_id INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE,
      split TEXT NOT NULL CHECK (split <> ''),
      -- The file's name as the dataset has it, and its number there if it has one.
      name TEXT NOT NULL CHECK (name <> ''),
      external_id INTEGER,
      path BLOB,
      image_id INTEGER REFERENCES images ON DELETE SET NULL,
      UNIQUE (dataset_id, name)
    ) STRICT;
    CREATE INDEX dataset_items_split ON dataset_items (dataset_id, split);
    CREATE INDEX dataset_items_image ON dataset_items (image_id);
    CREATE TABLE dataset_references (
      item_id INTEGER NOT NULL REFERENCES dataset_items ON DELETE CASCADE,
      position INTEGER NOT NULL CHECK (position >= 0),
      text TEXT NOT NULL CHECK (text <> ''),
      PRIMARY KEY (item_id, position)
    ) STRICT, WITHOUT ROWID;
    -- What was wrong with the files, by the place in them, which the items do not tell.
    CREATE TABLE dataset_problems (
      dataset_id INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE,
      position INTEGER NOT NULL CHECK (position >= 0),
      kind TEXT NOT NULL CHECK (kind <> ''),
      file TEXT NOT NULL,
      -- As 'line 12' or 'images[3].sentences[0]'.
      place TEXT NOT NULL,
      detail TEXT NOT NULL,
      PRIMARY KEY (dataset_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE evaluations (
      run_id INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
      dataset_id INTEGER NOT NULL REFERENCES datasets,
      split TEXT NOT NULL CHECK (split <> ''),
      -- Tokenizer, metrics and their versions, as JSON.
      protocol TEXT NOT NULL CHECK (json_valid(protocol)),
      -- {"CIDEr-D": 0.25, …} over the whole split.
      scores TEXT NOT NULL CHECK (json_valid(scores))
    ) STRICT;
    CREATE TABLE evaluation_items (
      run_id INTEGER NOT NULL REFERENCES evaluations ON DELETE CASCADE,
      item_id INTEGER NOT NULL REFERENCES dataset_items,
      candidate TEXT NOT NULL,
      scores TEXT NOT NULL CHECK (json_valid(scores)),
      PRIMARY KEY (run_id, item_id)
    ) STRICT, WITHOUT ROWID;
    -- Without it, removing a dataset would go through all evaluations for each photo.
    CREATE INDEX evaluation_items_item ON evaluation_items (item_id);
    """

  /// What texts say in the opinion of models: those of captions, and others.
  private static let version2 = """
    -- Apart from `models`: these caption nothing.
    CREATE TABLE sentiment_models (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL CHECK (name <> ''),
      -- Of configuration, vocabulary and weights.
      content_hash BLOB NOT NULL UNIQUE CHECK (length(content_hash) = 32),
      -- ["negative", "positive"]: all that it can say.
      labels TEXT NOT NULL CHECK (json_valid(labels) AND json_type(labels) = 'array'),
      added_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE sentiment_texts (
      id INTEGER PRIMARY KEY,
      -- Of all its bytes, as UTF-8.
      content_hash BLOB NOT NULL UNIQUE CHECK (length(content_hash) = 32),
      byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
      -- The beginning of a text that is too long to be kept.
      text TEXT NOT NULL,
      -- By a person: it stays. Else it goes with the last of the captions that say it.
      is_given INTEGER NOT NULL CHECK (is_given IN (0, 1))
    ) STRICT;
    CREATE INDEX sentiment_texts_given ON sentiment_texts (is_given) WHERE is_given = 1;

    CREATE TABLE sentiments (
      text_id INTEGER NOT NULL REFERENCES sentiment_texts ON DELETE CASCADE,
      model_id INTEGER NOT NULL REFERENCES sentiment_models,
      label TEXT NOT NULL CHECK (label <> ''),
      -- Of the label.
      probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
      -- {"negative": 0.25, "positive": 0.75}
      probabilities TEXT NOT NULL CHECK (json_valid(probabilities)),
      created_at TEXT NOT NULL,
      PRIMARY KEY (text_id, model_id)
    ) STRICT, WITHOUT ROWID;

    -- Captions that were labelled, by the model that did so last. The label stands here again, so
    -- that the latest captions of a label are found without sorting.
    CREATE TABLE caption_sentiments (
      caption_id INTEGER PRIMARY KEY REFERENCES captions ON DELETE CASCADE,
      text_id INTEGER NOT NULL,
      model_id INTEGER NOT NULL,
      label TEXT NOT NULL COLLATE NOCASE,
      FOREIGN KEY (text_id, model_id) REFERENCES sentiments ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX caption_sentiments_label ON caption_sentiments (label);
    CREATE INDEX caption_sentiments_text ON caption_sentiments (text_id, model_id);
    CREATE TRIGGER caption_sentiments_outdated AFTER UPDATE OF text ON captions
      WHEN NEW.text <> OLD.text
      BEGIN DELETE FROM caption_sentiments WHERE caption_id = OLD.id; END;
    CREATE TRIGGER sentiment_texts_unsaid AFTER DELETE ON caption_sentiments BEGIN
      DELETE FROM sentiment_texts WHERE id = OLD.text_id AND is_given = 0
        AND NOT EXISTS (SELECT 1 FROM caption_sentiments WHERE text_id = OLD.text_id);
    END;
    """

  /// What makes a picture the same when other programs have written into its file.
  private static let version3 = """
    -- Of the bytes that make the picture; null where the file was not read again since they count.
    ALTER TABLE images ADD COLUMN picture_hash BLOB CHECK (length(picture_hash) = 32);
    -- Only of those that are known: else SQLite would look for the others in it, one by one.
    CREATE UNIQUE INDEX images_picture ON images (picture_hash) WHERE picture_hash IS NOT NULL;

    -- How the file that was captioned turns its picture; null where that is not known.
    ALTER TABLE captions ADD COLUMN orientation INTEGER CHECK (orientation > 0);

    -- Pictures that had people's words and no file when this table was made. A program that wrote
    -- into the file may have made another picture of it for the store.
    CREATE TABLE lost_images (
      image_id INTEGER PRIMARY KEY REFERENCES images ON DELETE CASCADE
    ) STRICT;
    INSERT INTO lost_images (image_id)
      SELECT DISTINCT image_id FROM captions WHERE origin = 'human'
        AND NOT EXISTS (SELECT 1 FROM files WHERE files.image_id = captions.image_id);
    """

  /// What of the pictures belongs to a person's album, what was forgotten, and numbers of their own
  /// for evaluations.
  private static let version4 = """
    -- Whether somebody wanted the photo captioned, described or entered; else only evaluations of
    -- datasets brought it here.
    ALTER TABLE files ADD COLUMN in_album INTEGER NOT NULL DEFAULT 1 CHECK (in_album IN (0, 1));
    UPDATE files SET in_album = 0
      WHERE path IN (SELECT path FROM dataset_items WHERE path IS NOT NULL)
      AND NOT EXISTS (
        SELECT 1 FROM captions LEFT JOIN runs ON runs.id = run_id
        WHERE captions.image_id = files.image_id
          AND (kind IN ('single', 'batch', 'import') OR source IN ('note', 'import')));
    CREATE INDEX dataset_items_path ON dataset_items (path);

    -- Each time that files were forgotten: for a while they can be brought back.
    CREATE TABLE forgettings (
      id INTEGER PRIMARY KEY,
      forgotten_at TEXT NOT NULL,
      -- Whether for no other reason than that the files had gone: then what people wrote stays.
      is_missing INTEGER NOT NULL CHECK (is_missing IN (0, 1))
    ) STRICT;
    CREATE INDEX forgettings_forgotten_at ON forgettings (forgotten_at);
    -- As they stood in `files`. A picture that has none there, but here, is forgotten.
    CREATE TABLE forgotten_files (
      forgetting_id INTEGER NOT NULL REFERENCES forgettings ON DELETE CASCADE,
      path BLOB NOT NULL CHECK (length(path) > 0),
      image_id INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
      byte_count INTEGER NOT NULL,
      modified_nanoseconds INTEGER NOT NULL,
      seen_at TEXT NOT NULL,
      in_album INTEGER NOT NULL,
      PRIMARY KEY (forgetting_id, path)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX forgotten_files_image ON forgotten_files (image_id);

    -- What people call an evaluation by: from 1 up, whatever else was done in between.
    ALTER TABLE evaluations ADD COLUMN number INTEGER;
    UPDATE evaluations SET number = (
      SELECT count(*) FROM evaluations AS e WHERE e.run_id <= evaluations.run_id);
    CREATE UNIQUE INDEX evaluations_number ON evaluations (number);
    """
}
