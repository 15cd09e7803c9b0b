import Datasets
import Testing

struct DatasetBuilderTests {
  /// Flickr8k's phantom; a photo's own name may have dots and digits elsewhere.
  @Test func phantomsAreLeftOut() throws {
    let found = try contents(
      "image,caption\na.jpg.1,A pond.\na.1.jpg,A hill.\nb,A road.\n,A lane.\n", .csv)
    #expect(found.entries.map(\.name) == ["a.1.jpg", "b"])
    #expect(
      found.sentences == [
        "d: line 2: phantom entry: “a.jpg.1” is no photo’s name; left out: “A pond.”",
        "d: line 5: broken row: it names no photo; left out: “A lane.”",
      ])
  }

  @Test func blankCaptionsAreLeftOut() throws {
    let found = try contents("image,caption\na.jpg,A pond.\na.jpg,  \nb.jpg,\n", .csv)
    #expect(found.entries.map(\.name) == ["a.jpg"])
    #expect(
      found.problems.map(\.kind) == [.blankCaption, .blankCaption, .uncaptionedPhoto])
    #expect(found.problems.map(\.origin.place) == [.line(3), .line(4), .line(4)])
  }

  /// As programs of DOS end files.
  @Test func captionsOfControlCharactersAreBlank() throws {
    let found = try contents("image,caption\na.jpg,A pond.\na.jpg,\u{1A}\n", .csv)
    #expect(found["a.jpg"] == ["A pond."])
    #expect(found.problems.map(\.kind) == [.blankCaption])
  }

  @Test func aPhotoStaysInItsFirstSplit() throws {
    let found = try contents(
      "image,caption,split\na.jpg,A pond.,train\na.jpg,A lake.,test\na.jpg,Water.,restval\n", .csv)
    #expect(found["a.jpg"] == ["A pond.", "Water."])
    #expect(
      found.sentences == [
        "d: line 3: duplicate entry: “a.jpg” is in “train” since d: line 2, and left out here: "
          + "“A lake.”"
      ])
  }

  /// Also where there are too many to compare each with each.
  @Test func duplicatesAmongManyCaptions() throws {
    let rows = (0..<20_000).map { "a,\($0 % 19_990)\n" }.joined()
    let found = try contents("image,caption\n" + rows, .csv)
    #expect(found["a"]?.count == 20_000)
    #expect(found.problems.map(\.kind) == Array(repeating: .duplicateCaption, count: 10))
    #expect(found.problems.first?.origin.place == .line(19_992))
  }

  @Test func fewerThanUsual() throws {
    let found = try contents(
      "image,caption\na,1\na,2\nb,1\nb,2\nc,1\nd,1\nd,2\nd,3\ne,1\ne,2\n", .csv)
    #expect(
      found.sentences == ["d: line 6: few references: “c” has 1, where most have 2"])
  }
}
