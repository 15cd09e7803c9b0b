package import Files
internal import GRDB
package import SystemPackage

/// What can be wrong with a store.
package enum StoreError: Failure, Equatable {
  /// There is no store at the path, and none was to be made.
  case missing(path: FilePath)
  /// The file is not a database, or another program's.
  case foreign(path: FilePath)
  /// Somebody else has put something into the store's schema, or changed it. What stands there may
  /// be run by reading or writing.
  case altered(path: FilePath, object: String)
  /// A later version of this program has changed the store's form.
  case newer(path: FilePath, version: Int, known: Int)
  /// An earlier version's store that was to be read only.
  case older(path: FilePath, version: Int, known: Int)
  /// There is a file where one was to be written.
  case exists(path: FilePath)
  /// The file or its folder cannot be opened.
  case unreadable(path: FilePath, reason: String)
  /// The store may be read, but not written.
  case readOnly(path: FilePath)
  /// Another program has held the store for longer than `Store.patience`.
  case busy(path: FilePath)
  /// The disk is full.
  case full(path: FilePath)
  /// Reading or writing stopped with an error of the system.
  case inputOutput(path: FilePath, reason: String)
  /// The file's contents contradict each other.
  case damaged(path: FilePath, reason: String)
  /// What was to be stored breaks a rule of the schema.
  case inconsistent(path: FilePath, reason: String)
  /// There is no dataset of that name.
  case noDataset(path: FilePath, name: String, known: [String])
  /// The dataset has no split of that name.
  case noSplit(path: FilePath, dataset: String, split: String, known: [String])
  /// There is a dataset of that name with other contents.
  case datasetDiffers(path: FilePath, name: String)
  /// Evaluations would lose what they were measured with.
  case datasetInUse(path: FilePath, name: String, evaluations: Int)

  package var parts: FailureParts {
    switch self {
    case .missing(let path): .init(.noInput, path, "there is no such store")
    case .foreign(let path): .init(.badData, path, "the file is not a store of captions")
    case .altered(let path, let object):
      .init(
        .badData, path,
        "the store is not opened, because \(object) in it is not of caption's making")
    case .newer(let path, let version, let known):
      .init(
        .badData, path,
        "the store has format \(version) of a later version of caption; this one knows formats up to "
          + "\(known)")
    case .older(let path, let version, let known):
      .init(
        .badData, path,
        "the store has format \(version) and must be brought to format \(known) first")
    case .exists(let path): .init(.inputOutput, path, "there is a file already")
    case .unreadable(let path, let reason):
      .init(.inputOutput, path, "the store cannot be opened: \(reason)")
    case .readOnly(let path):
      .init(.inputOutput, path, "the store can be read, but not written")
    case .busy(let path):
      .init(.inputOutput, path, "another program keeps the store locked; try again later")
    case .full(let path): .init(.inputOutput, path, "the disk is full")
    case .inputOutput(let path, let reason):
      .init(.inputOutput, path, "the store cannot be used: \(reason)")
    case .damaged(let path, let reason):
      .init(.badData, path, "the store is damaged: \(reason)")
    case .inconsistent(let path, let reason):
      .init(.badData, path, "the store refuses a record: \(reason)")
    case .noDataset(let path, let name, let known):
      .init(
        .noInput, path,
        "there is no dataset “\(name)” in the store"
          + (known.isEmpty ? "" : ", only \(known.joined(separator: ", "))"))
    case .noSplit(_, let dataset, let split, let known):
      .init(
        .noInput, dataset,
        "the dataset has no split “\(split)”, only \(known.joined(separator: ", "))")
    case .datasetDiffers(let path, let name):
      .init(.badData, path, "the store has other contents under the name “\(name)”")
    case .datasetInUse(let path, let name, let evaluations):
      .init(
        .badData, path,
        "\(evaluations) evaluation\(evaluations == 1 ? "" : "s") hang on what “\(name)” would lose")
    }
  }

  /// What SQLite's failure means for the store at `path`; errors of other kinds stay as they are.
  static func translating<Result>(_ path: FilePath, _ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let error as DatabaseError {
      throw StoreError(error, path)
    } catch let error as UnreadableValue {
      throw StoreError.damaged(path: path, reason: "\(error)")
    } catch is RowDecodingError {
      throw StoreError.damaged(path: path, reason: "a value is not of its type")
    } catch let error as FileFailure {
      throw StoreError.inputOutput(path: FilePath(error.path), reason: error.systemReason)
    }
  }

  /// Whether an error of a transaction says that rows cannot be understood. SQLite's own functions,
  /// such as those for JSON, tell it with the code that is for no other.
  static func isAboutRows(_ error: any Error) -> Bool {
    switch error {
    case is UnreadableValue, is RowDecodingError: true
    case let error as DatabaseError: error.resultCode == .SQLITE_ERROR
    default: false
    }
  }

  private init(_ error: DatabaseError, _ path: FilePath) {
    let reason = error.message ?? error.resultCode.description
    switch error.resultCode {
    case .SQLITE_NOTADB: self = .foreign(path: path)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      self = .unreadable(path: path, reason: reason)
    case .SQLITE_READONLY: self = .readOnly(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_CORRUPT, .SQLITE_ERROR: self = .damaged(path: path, reason: reason)
    case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
      self = .inconsistent(path: path, reason: reason)
    default: self = .inputOutput(path: path, reason: reason)
    }
  }
}
