import ArgumentParser
import Foundation
import Store
import SystemPackage

/// Which store: shared by all commands that read or write one.
struct StoreOptions: ParsableArguments {
  @Option(
    name: .customLong("store"),
    help: ArgumentHelp(
      "The store's file (default: $CAPTION_STORE, else caption/caption.sqlite in the user's data "
        + "folder).", valueName: "file.sqlite"),
    completion: .file(extensions: ["sqlite"]))
  var file: String?

  var path: FilePath { file.map { FilePath(argument: $0) } ?? Store.defaultPath() }

  /// - Throws: `StoreError`.
  func open(for access: Store.Access) throws -> Store {
    try Store(path: path, for: access)
  }

  /// Opens the store, does `work` and closes it, also where `work` throws.
  ///
  /// - Throws: `StoreError`, and what `work` throws.
  func with<Value>(_ access: Store.Access, _ work: (Store) throws -> Value) throws -> Value {
    let store = try open(for: access)
    let value = Result { try work(store) }
    try store.close()
    return try value.get()
  }
}
