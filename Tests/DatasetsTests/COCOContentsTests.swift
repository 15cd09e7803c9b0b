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
        "d: annotations[0]: line separator: “A pond.\n” of “a.jpg” has U+000A at the end",
        "d: annotations[1]: phantom entry: there is no picture 77; left out: “A.”",
        "d: images[3]: photo without captions: “c.jpg” has no captions; left out",
      ])
  }

  @Test func whatIsBrokenIsLeftOut() throws {
    let found = try contents(
      #"""
      {"images": [{"id": 9, "file_name": "a.jpg"}, {"file_name": "b.jpg"}, {"id": NaN}],
       "annotations": [{"image_id": 9, "caption": NaN}, {"image_id": "9", "caption": "A."},
                       {"image_id": 9.0, "caption": "A pond.", "score": -Infinity},
                       {"image_id": 9, "caption": "\ud83d"}, 7]}
      """#, .coco)
    #expect(found["a.jpg"] == ["A pond."])
    #expect(
      found.sentences == [
        "d: images[1]: broken row: “id” is missing; left out",
        "d: images[2].id: broken row: it is not an integer of 64 bits; left out",
        "d: annotations[0].caption: broken row: it is not a string; left out",
        "d: annotations[1].image_id: broken row: it is the string “9”, not an integer; left out: "
          + "“A.”",
        "d: annotations[3]: broken row: it is not valid JSON; left out",
        "d: annotations[4]: broken row: it is not an object; left out",
      ])
  }

  @Test func whatElseIsBrokenCostsNoCaptions() throws {
    let found = try contents(
      #"""
      {"images": [{"id": 1, "file_name": "a.jpg", "split": NaN},
                  {"id": 2, "file_name": "b.jpg", "split": 3}, {"id": 3, "file_name": 4}],
       "annotations": [{"image_id": 1, "caption": "A."}, {"image_id": 2, "caption": "B."},
                       {"image_id": 3, "caption": "C."}]}
      """#, .coco)
    #expect(found.entries.map(\.references) == [["A."], ["B."]])
    #expect(found.entries.map(\.split) == [nil, nil])
    #expect(
      found.sentences == [
        "d: images[0]: broken row: its “split” is no text; read without it",
        "d: images[1]: broken row: its “split” is no text; read without it",
        "d: images[2].file_name: broken row: it is not a string; left out",
      ])
  }

  @Test func picturesMayHaveStrings() throws {
    let found = try contents(
      #"""
      {"images": [{"id": "42", "file_name": "a.jpg"}, {"id": "x/b.jpg"}, {"id": "042"}],
       "annotations": [{"image_id": "x/b.jpg", "caption": "B."}, {"image_id": "42", "caption": "A."},
                       {"image_id": "042", "caption": "C."}]}
      """#, .coco)
    #expect(found.entries.map(\.name) == ["a.jpg", "x/b.jpg", "042"])
    #expect(found.entries.map(\.externalID) == [42, nil, nil])
    #expect(found.entries.map(\.references) == [["A."], ["B."], ["C."]])
  }

  /// VizWiz's own evaluation ignores them: https://github.com/Yinan-Zhao/vizwiz-caption
  @Test func captionsThatVizWizMarks() throws {
    let found = try contents(
      #"""
      {"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}],
       "annotations": [
         {"image_id": 1, "caption": "A can.", "is_precanned": false, "is_rejected": false},
         {"image_id": 1, "caption": "Buy now", "is_precanned": false, "is_rejected": true},
         {"image_id": 2, "caption": "Quality issues are too severe to recognize visual content.",
          "is_precanned": 1, "is_rejected": null}]}
      """#, .coco)
    #expect(found.entries.map(\.references) == [["A can."]])
    #expect(
      found.sentences == [
        "d: annotations[1]: rejected caption: “Buy now” of “a.jpg” was rejected; left out",
        "d: annotations[2]: precanned caption: “Quality issues are too severe to recognize visual "
          + "content.” of “b.jpg” is a stock sentence; left out",
        "d: images[1]: photo without captions: “b.jpg” has no captions; left out",
      ])
  }
}
