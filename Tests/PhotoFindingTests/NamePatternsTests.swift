import PhotoFinding
import SystemPackage
import Testing

struct NamePatternsTests {
  @Test(
    arguments: [
      ("a.JPG", .photo), ("a.heic", .photo), ("a.mov", .other), ("a.JPG_original", .other),
      ("a", .unknown), ("a.45", .unknown), ("1.2 final", .unknown), ("a.bin", .unknown),
    ] as [(String, NamePatterns.Verdict)])
  func aNameTellsOrDoesNot(name: String, verdict: NamePatterns.Verdict) {
    #expect(NamePatterns().verdict(onFile: FilePath(name)) == verdict)
    #expect(NamePatterns(excluding: ["*"]).verdict(onFile: FilePath(name)) == .unwanted)
    #expect(NamePatterns(including: ["*"]).verdict(onFile: FilePath(name)) == .photo)
    #expect(NamePatterns(including: ["b"]).verdict(onFile: FilePath(name)) == .unwanted)
  }

  @Test(arguments: [
    ("@eaDir/*", true), ("*/@eadir/*.jpg", true), ("@*/x", true), ("*/*", false), ("@eaDir", false),
    ("?/*.jpg", false), ("x/@eaDir", false),
  ])
  func aPatternNamesAFolderOrDoesNot(pattern: String, asks: Bool) {
    #expect(NamePatterns(including: [pattern]).askFor("@eaDir") == asks)
  }
}
