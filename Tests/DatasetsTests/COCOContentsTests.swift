import Datasets
import Testing

struct COCOContentsTests {
  @Test func traps() throws {
    let found = try contents(
      """
      {"images": [{"id": 9, "file_name": "a.jpg", "split": "valid"}, {"id": 9, "file_name": "b.jpg"},
                  {"id": 10, "file_name": "a.jpg"}, {"id": 11, "file_name": "c.jpg"}, {"id": 12}],
       "annotations": [{"image_id": 9, "caption": "A pond.\\n"}, {"image_id": 77, "caption": "A."},
                       {"image_id": 10, "caption": "B."}, {"image_id": 12, "caption": "C."}]}
      """, .coco)
    #expect(found.entries.map(\.name) == ["a.jpg", "12"])
    #expect(found.entries.map(\.externalID) == [9, 12])
    #expect(found.entries.map(\.split) == ["val", nil])
    #expect(found["a.jpg"] == ["A pond.\n"])
    #expect(
      found.sentences == [
        "d: images[1]: duplicate entry: there is a picture 9 already; left out",
        "d: images[2]: duplicate entry: “a.jpg” is there since d: images[0], and left out here",
        "d: annotations[0]: line separator: U+000A at the end of a caption of “a.jpg”",
        "d: annotations[1]: phantom entry: there is no picture 77; left out",
        "d: images[3]: photo without captions: “c.jpg” has no captions; left out",
      ])
  }
}
