import Datasets
import Testing

struct Flickr30kFileTests {
  @Test func rowsGoodAndBad() throws {
    let found = try contents(
      """
      image_name| comment_number| comment
      a.jpg| 0| A pond .
      a.jpg| 1|  Ducks | geese .
      a.jpg| 2   A lake with reeds .
      a.jpg| Water .
      b.jpg
      b.jpg| 0| A hill .
      """, .flickr30k)
    #expect(found["a.jpg"] == ["A pond .", " Ducks | geese .", "A lake with reeds ."])
    #expect(found["b.jpg"] == ["A hill ."])
    let broken = "broken row: it is not a name, a number and a caption with “|” between; left out"
    #expect(
      found.sentences == [
        "d: line 3: stray separator: “ Ducks | geese .” of “a.jpg” has “|”",
        "d: line 4: broken row: the second “|” is missing; read as a caption of “a.jpg”: "
          + "“A lake with reeds .”",
        "d: line 5: \(broken): “a.jpg| Water .”", "d: line 6: \(broken): “b.jpg”",
      ])
  }
}
