import Foundation
import PhotoFinding
import SystemPackage
import TestSupport
import Testing

struct PhotoFinderTests {
  private let folder: TemporaryFolder
  private var root: FilePath { FilePath(folder.path) }

  init() throws {
    folder = try TemporaryFolder()
    for name in [
      "b.jpg", "a.JPG", "note.txt", ".hidden.jpg", "sub/c.png", "sub/deep/d.webp", ".git/e.jpg",
      "raw/f.heic", "Z.avif", "no extension",
    ] { try make(FilePath(name)) }
  }

  private func make(_ path: FilePath) throws {
    let path = root.pushing(path)
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    try FileDescriptor.open(
      path, .writeOnly, options: .create, permissions: .ownerReadWrite
    ).close()
  }

  private func found(_ finder: PhotoFinder = PhotoFinder()) -> [String] {
    finder.photos(in: root) { _, _ in }.map(\.relativePath.string)
  }

  @Test func photosAreFoundInTheOrderOfTheirBytes() {
    #expect(
      found() == ["Z.avif", "a.JPG", "b.jpg", "raw/f.heic", "sub/c.png", "sub/deep/d.webp"])
  }

  @Test func oneFolderOnly() {
    var finder = PhotoFinder()
    finder.isRecursive = false
    #expect(found(finder) == ["Z.avif", "a.JPG", "b.jpg"])
  }

  @Test(
    arguments: [
      (["*.jpg"], [], ["a.JPG", "b.jpg"]), (["sub/*"], [], ["sub/c.png", "sub/deep/d.webp"]),
      (["*"], ["*.*"], ["no extension"]), ([".git/*"], [], [".git/e.jpg"]),
      ([], ["sub", "Z*"], ["a.JPG", "b.jpg", "raw/f.heic"]),
      ([], ["sub/deep"], ["Z.avif", "a.JPG", "b.jpg", "raw/f.heic", "sub/c.png"]),
    ] as [([String], [String], [String])])
  func patterns(including: [String], excluding: [String], expected: [String]) {
    var finder = PhotoFinder()
    finder.patterns = NamePatterns(including: including, excluding: excluding)
    #expect(found(finder) == expected)
  }

  @Test func aFileThatIsNamedIsTakenWhateverItIsCalled() {
    let finder = PhotoFinder()
    for name in ["note.txt", ".hidden.jpg", "nowhere"] {
      #expect(
        finder.photos(in: root.appending(name)) { _, _ in }.map(\.path) == [root.appending(name)])
    }
  }

  @Test func linksLeadNowhereTwice() throws {
    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + name, withDestinationPath: target)
    }
    try link("circle", to: "..")
    try link("sub/up", to: "../sub")
    try link("link.jpg", to: "b.jpg")
    try link("dangling.jpg", to: "nowhere.jpg")
    #expect(
      found() == [
        "Z.avif", "a.JPG", "b.jpg", "dangling.jpg", "link.jpg", "raw/f.heic", "sub/c.png",
        "sub/deep/d.webp",
      ])
    // A link that was asked for itself is followed.
    #expect(
      PhotoFinder().photos(in: root.appending("sub/up")) { _, _ in }.map(\.relativePath.string)
        == ["c.png", "deep/d.webp"])
  }

  private func look(
    _ patterns: NamePatterns = NamePatterns(), in folder: FilePath? = nil
  ) -> (photos: [String], passedBy: PassedBy) {
    var finder = PhotoFinder()
    finder.patterns = patterns
    var passedBy = PassedBy()
    let photos = finder.photos(
      in: folder ?? root, unreadable: { _, _ in }, passedBy: { passedBy.add($0) })
    return (photos.map(\.relativePath.string), passedBy)
  }

  private static let ofSystems = [
    "@eaDir", "@EADIR", "#recycle", "#snapshot", "@Recycle", "@Recently-Snapshot", ".@__thumb",
    ".recycle", ".snapshot", ".snapshots", "$RECYCLE.BIN", "$Recycle.Bin", "RECYCLER",
    "System Volume Information", ".Trash", ".Trashes", ".Trash-1000", ".trash", ".Spotlight-V100",
    ".fseventsd", "__MACOSX", "Thumbs", ".thumbnails", ".dtrash", ".stversions",
    "Mine.photoslibrary", "Mine.PhotosLibrary", "Mine.photolibrary", "Mine.migratedphotolibrary",
    "Mine.aplibrary", "Previews.lrdata", "Mine.lrlibrary",
  ]

  @Test(arguments: ofSystems)
  func foldersOfSystemsArePassedByUnlessAskedFor(name: String) throws {
    let folder = FilePath("places").appending(name)
    try make(folder.appending("x.jpg"))
    try make(folder.appending("inner/y.jpg"))
    let places = root.appending("places")
    #expect(look(in: places).photos == [])
    #expect(look(in: places).passedBy.summary == "1 system folder: 1 \(name)")
    // As a path, a path in it, and a pattern that names it; but not one that is true of all.
    #expect(look(in: root.pushing(folder)).photos == ["x.jpg", "inner/y.jpg"])
    #expect(look(in: root.pushing(folder).appending("inner")).photos == ["y.jpg"])
    #expect(
      look(NamePatterns(including: [name + "/*"]), in: places).photos == [
        name + "/x.jpg", name + "/inner/y.jpg",
      ])
    #expect(look(NamePatterns(including: ["*/*"]), in: places).photos == [])
    #expect(PhotoFinder().folders(in: places).map(\.path) == [places])
  }

  @Test(arguments: [
    "eaDir", "recycle", "Thumbs up", "My Thumbs", "photoslibrary", "Trash", "Snapshots", "lrdata",
    "Versions", "Thumbnails", "@home", "#1",
  ])
  func foldersOfPeopleAreNot(name: String) throws {
    try make(FilePath("places").appending(name).appending("x.jpg"))
    #expect(look(in: root.appending("places")).photos == [name + "/x.jpg"])
  }

  @Test func thumbnailsBesideTheirPhotosArePassedBy() throws {
    try make("places/x.jpg")
    try make("places/Thumbnails/X.png")
    #expect(look(in: root.appending("places")).photos == ["x.jpg"])
    #expect(look(in: root.appending("places/Thumbnails")).photos == ["X.png"])
  }

  @Test func whatIsPassedByIsCountedByKind() throws {
    for name in ["a.mov", "b.MOV", "c.psd", "b.jpg.xmp", ".DS_Store", "._b.jpg", "@eaDir/x.jpg"] {
      try make(FilePath(name))
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: "sub")
    #expect(
      look().passedBy.summary == """
        5 files of other kinds: 2 mov, 1 psd, 1 txt, 1 without an ending; 1 hidden photo; \
        1 hidden folder; 1 linked folder; 1 system folder: 1 @eaDir
        """)
    // What somebody left out was not passed by.
    let excluding = ["*.mov", "*.psd", "*.txt", "no*", ".*", "link", "@eaDir"]
    #expect(look(NamePatterns(excluding: excluding)).passedBy.summary == "1 linked folder")
  }

  @Test func theContentTellsWhereTheNameDoesNot() throws {
    let names = ["IMG_1", "2021-07-04 18.30", "x.jpg.1", "x.dat", "x.mov", "x.jpg~", "x.thm"]
    for name in names { try make(FilePath("places").appending(name)) }
    var finder = PhotoFinder()
    finder.isPhoto = { _ in true }
    let found = finder.photos(in: root.appending("places")) { _, _ in }
    #expect(
      found.map(\.relativePath.string) == ["2021-07-04 18.30", "IMG_1", "x.dat", "x.jpg.1"])
    finder.isPhoto = { _ in false }
    #expect(finder.photos(in: root.appending("places")) { _, _ in } == [])
  }

  @Test func namesOfAnyBytes() throws {
    let names: [[CChar]] = [
      [-1, -2, 46, 106, 112, 103, 0], [10, 39, 34, 46, 106, 112, 103, 0],
      "emoji 🐕 and blank .jpg".utf8CString.map { $0 },
    ]
    for name in names { try make(FilePath(platformString: name)) }
    let paths = PhotoFinder().photos(in: root) { _, _ in }.map(\.relativePath)
    for name in names { #expect(paths.contains(FilePath(platformString: name))) }
  }
}
