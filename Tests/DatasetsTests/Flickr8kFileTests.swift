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
        "d: line 6: broken row: it is not a name, “#”, a number, a tab and a caption; left out: "
          + "“nothing”",
        "d: line 7: phantom entry: “e.jpg.1” is no photo’s name; left out: “A lane .”",
      ])
  }

  @Test(
    arguments: [
      ("a.jpg\tA pond .\nb.jpg\tA hill .\n", "none of its rows has a “#number”"),
      ("%PDF-1.4\nsomething\n", "none of its rows has a “#number”"),
      ("a.jpg#0\tA pond .\na\0b\n", "line 2: it has a zero byte: this is no text"),
    ])
  func whatIsNoSuchListIsRefused(text: String, reason: String) {
    #expect { try contents(text, .flickr8k) } throws: { "\($0)" == "d: \(reason)" }
  }
}
