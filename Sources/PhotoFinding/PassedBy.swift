package import SystemPackage

/// What was not taken on the way through folders, unless somebody excluded it.
package struct PassedBy: Equatable, Sendable {
  package enum Item: Equatable, Sendable {
    /// A file whose name, or else content, is not that of a photo.
    case otherFile(FilePath.Component)
    /// A photo whose name begins with a dot.
    case hiddenPhoto
    case hiddenFolder
    case linkedFolder
    case systemFolder(FilePath.Component)
  }

  private var kinds: [String: Int] = [:]
  private var systemFolders: [String: Int] = [:]
  private var hiddenPhotos = 0
  private var hiddenFolders = 0
  private var linkedFolders = 0

  /// More of them are summed up.
  private static let namedKinds = 8

  package init() {}

  package mutating func add(_ item: Item) {
    switch item {
    case .otherFile(let name):
      kinds[name.extension?.lowercased() ?? "without an ending", default: 0] += 1
    case .hiddenPhoto: hiddenPhotos += 1
    case .hiddenFolder: hiddenFolders += 1
    case .linkedFolder: linkedFolders += 1
    case .systemFolder(let name): systemFolders[name.string, default: 0] += 1
    }
  }

  /// “3 files of other kinds: 2 mov, 1 psd; 1 linked folder”; nil where there was nothing.
  package var summary: String? {
    let parts = [
      Self.text(kinds, "file of another kind", "files of other kinds"),
      Self.text(hiddenPhotos, "hidden photo", "hidden photos"),
      Self.text(hiddenFolders, "hidden folder", "hidden folders"),
      Self.text(linkedFolders, "linked folder", "linked folders"),
      Self.text(systemFolders, "system folder", "system folders"),
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private static func text(_ count: Int, _ one: String, _ several: String) -> String? {
    count == 0 ? nil : "\(count) \(count == 1 ? one : several)"
  }

  private static func text(_ counts: [String: Int], _ one: String, _ several: String) -> String? {
    guard let title = text(counts.values.reduce(0, +), one, several) else { return nil }
    let sorted = counts.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }
    var named = sorted.prefix(namedKinds).map { "\($0.value) \($0.key)" }
    let rest = sorted.dropFirst(namedKinds).reduce(0) { $0 + $1.value }
    if rest > 0 { named.append("\(rest) others") }
    return "\(title): \(named.joined(separator: ", "))"
  }
}
