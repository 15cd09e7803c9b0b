import Datasets
import Testing

struct KarpathyFileTests {
  @Test func cocoAndFlickr() throws {
    let found = try contents(
      """
      {"dataset": "coco", "images": [
        {"filepath": "val2014", "filename": "x.jpg", "imgid": 0, "split": "restval",
         "sentids": [7], "cocoid": 522418,
         "sentences": [{"tokens": ["a", "pond"], "raw": "A pond. ", "imgid": 0, "sentid": 7}]},
        {"filename": "y.jpg", "imgid": 4, "split": "test", "sentids": [8, 9],
         "sentences": [{"raw": "A hill."}, {"raw": "Grass."}]}]}
      """, .karpathy)
    #expect(found.entries.map(\.name) == ["x.jpg", "y.jpg"])
    #expect(found.entries.map(\.externalID) == [522418, 4])
    #expect(found.entries.map(\.split) == ["train", "test"])
    #expect(found.entries.map(\.folder) == ["val2014", nil])
    #expect(found.entries.map(\.references) == [["A pond. "], ["A hill.", "Grass."]])
  }

  @Test func traps() throws {
    let found = try contents(
      """
      {"images": [
        {"filename": "x.jpg", "sentences": [{"raw": "A."}, {"raw": " "}, {"raw": "A."}]},
        {"filename": "x.jpg", "sentences": [{"raw": "B."}]},
        {"filename": "y.jpg", "sentences": []}]}
      """, .karpathy)
    #expect(found["x.jpg"] == ["A.", "A."])
    #expect(
      found.sentences == [
        "d: images[0].sentences[1]: blank caption: a caption of “x.jpg” is blank; left out",
        "d: images[0].sentences[2]: duplicate caption: “A.” of “x.jpg” is there already",
        "d: images[1]: duplicate entry: “x.jpg” is there since d: images[0], and left out here",
        "d: images[2]: photo without captions: “y.jpg” has no captions; left out",
      ])
  }

  @Test(arguments: [
    (#"{"images": [{"filename": "x.jpg"}]}"#, "images[0]: “sentences” is missing"),
    (
      #"{"images": [{"filename": "x.jpg", "sentences": [{"tokens": []}]}]}"#,
      "images[0].sentences[0]: “raw” is missing"
    ),
  ])
  func refusals(json: String, reason: String) {
    #expect { try contents(json, .karpathy) } throws: { "\($0)" == "d: \(reason)" }
  }

  @Test func whatElseIsBrokenCostsNoCaptions() throws {
    let found = try contents(
      """
      {"images": [
        {"filename": "x.jpg", "imgid": "0", "split": NaN, "sentences": [{"raw": "A."}]},
        {"filename": "y.jpg", "imgid": NaN, "cocoid": 7, "sentences": [{"raw": "B."}]}]}
      """, .karpathy)
    #expect(found.entries.map(\.references) == [["A."], ["B."]])
    #expect(found.entries.map(\.externalID) == [nil, 7])
    #expect(
      found.sentences == [
        "d: images[0]: broken row: its “split” is no text; read without it",
        "d: images[0]: broken row: its “imgid” is no integer; read without it",
      ])
  }

  @Test func whatIsBrokenIsLeftOut() throws {
    let found = try contents(
      """
      {"images": [
        {"filename": "x.jpg", "sentences": [{"raw": null}, {"raw": "A."}]},
        {"sentences": [{"raw": "B."}]},
        {"filename": "y.jpg", "sentences": [{"raw": "C.", "score": NaN}]}]}
      """, .karpathy)
    #expect(found.entries.map(\.references) == [["A."], ["C."]])
    #expect(
      found.sentences == [
        "d: images[0].sentences[0].raw: broken row: it is null, not a string; left out",
        "d: images[1]: broken row: “filename” is missing; left out",
      ])
  }
}
