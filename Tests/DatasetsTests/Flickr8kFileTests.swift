import Datasets
import Testing

struct Flickr8kFileTests {
  @Test func rowsGoodAndBad() throws {
    let found = try contents(
      """
      a#b.jpg#0\tA pond .
      a#b.jpg#1\tA pond\twith ducks .\r

      c.jpg#0   A hill .
      d.jpg\tA road .
      nothing
      e.jpg.1#0\tA lane .
      """, .flickr8k)
    #expect(found.entries.map(\.name) == ["a#b.jpg", "c.jpg", "d.jpg"])
    #expect(found["a#b.jpg"] == ["A pond .", "A pond\twith ducks ."])
    #expect(found["c.jpg"] == ["A hill ."])
    #expect(found["d.jpg"] == ["A road ."])
    #expect(
      found.sentences == [
        "d: line 2: stray separator: “A pond\twith ducks .” of “a#b.jpg” has a tab",
        "d: line 4: broken row: the tab is missing; read as a caption of “c.jpg”: “A hill .”",
        "d: line 5: broken row: the caption’s number is missing; read as a caption of “d.jpg”: "
          + "“A road .”",
        "d: line 6: broken row: it is not a name, “#”, a number, a tab and a caption; left out",
        "d: line 7: phantom entry: “e.jpg.1” is no photo’s name; left out",
      ])
  }
}
