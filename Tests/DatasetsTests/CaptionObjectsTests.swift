import Datasets
import Testing

struct CaptionObjectsTests {
  @Test func neuralTalkAndBLIP() throws {
    let found = try contents(
      """
      [{"file_path": "/photos/a.jpg", "captions": ["A pond.", "Ducks."], "id": 3},
       {"image": "val2014/b.jpg", "caption": "A hill.", "image_id": "coco_522418"},
       {"image": "val2014/b.jpg", "caption": ["Grass."]},
       {"file_name": "c.jpg", "captions": "A road.", "split": "dev", "id": "x"}]
      """, .jsonl)
    #expect(found.entries.map(\.name) == ["/photos/a.jpg", "val2014/b.jpg", "c.jpg"])
    #expect(found.entries.map(\.externalID) == [3, 522418, nil])
    #expect(found.entries.map(\.split) == [nil, nil, "val"])
    #expect(
      found.entries.map(\.references) == [
        ["A pond.", "Ducks."], ["A hill.", "Grass."], ["A road."],
      ])
    #expect(found.problems.map(\.kind) == [.fewReferences])
  }

  @Test func badLinesAreLeftOut() throws {
    let found = try contents(
      """
      {"image": "a.jpg", "caption": "A pond."}

      {"image": "b.jpg", "caption"
      {"caption": "A hill."}
      {"image": "c.jpg"}
      {"image": 4, "caption": "A road."}
      {"image": "d.jpg", "captions": [1]}
      {"image": "e.jpg", "captions": []}
      7
      """, .jsonl)
    #expect(found.entries.map(\.name) == ["a.jpg"])
    #expect(
      found.sentences == [
        "d: line 3: broken row: it is not valid JSON; left out",
        "d: line 4: broken row: “image” is missing; left out",
        "d: line 5: broken row: “caption” is missing; left out",
        "d: line 6: broken row: “image” is not of the right type; left out",
        "d: line 7: broken row: “captions” is not of the right type; left out",
        "d: line 9: broken row: it is not an object; left out",
        "d: line 8: photo without captions: “e.jpg” has no captions; left out",
      ])
  }

  @Test func aBrokenArrayIsRefused() {
    #expect { try contents(#"[{"image": "a.jpg", "caption": "A."}"#, .jsonl) } throws: {
      "\($0)" == "d: it is not valid JSON: unexpected end of file during JSON parse"
    }
  }

  /// As in Hugging Face's `metadata.jsonl`, and what its tables are called elsewhere.
  @Test func membersAreCalledAsColumnsAre() throws {
    let found = try contents(
      """
      {"file_name": "a.jpg", "text": "A disc."}
      {"filename": "b.jpg", "raw": ["A box.", "A cube."], "img_id": "7"}
      {"image": {"bytes": null}, "filename": "c.jpg", "sentences": ["A hill."]}
      {"image": null, "image_path": "d.jpg", "caption": null, "text": "['A road.', 'Wet.']"}
      {"file_name": "e.jpg", "text": null}
      {"file_name": "f.jpg", "caption_1": "B.", "caption_0": "A.", "caption_2": null}
      """, .jsonl)
    #expect(found["a.jpg"] == ["A disc."])
    #expect(found["b.jpg"] == ["A box.", "A cube."])
    #expect(found.entries.first { $0.name == "b.jpg" }?.externalID == 7)
    #expect(found["c.jpg"] == ["A hill."])
    #expect(found["d.jpg"] == ["A road.", "Wet."])
    #expect(found["f.jpg"] == ["A.", "B."])
    #expect(
      found.sentences.filter { !$0.contains("few references") } == [
        "d: line 5: broken row: “caption” is missing; left out"
      ])
  }

  /// `json.dumps({"score": float("nan")})`
  @Test func numbersThatOnlyPythonHas() throws {
    let found = try contents(
      #"""
      {"image": "a.jpg", "caption": "NaN \" -Infinity", "scores": [NaN, -Infinity, Infinity]}
      {"image": "b.jpg", "caption": NaN}
      """#, .jsonl)
    #expect(found["a.jpg"] == ["NaN \" -Infinity"])
    #expect(
      found.sentences == ["d: line 2: broken row: “caption” is not of the right type; left out"])
  }

  @Test func whatElseIsBrokenCostsNoCaptions() throws {
    let found = try contents(
      """
      {"image": "a.jpg", "caption": "A pond.", "caption_2": NaN, "split": NaN}
      {"image": "b.jpg", "captions": ["A hill.", null, 3]}
      {"image": "c.jpg", "sentences": [{"raw": "A road.", "tokens": []}, {"raw": "Wet."}]}
      {"image": "d.jpg", "captions": ["A lane."], "caption_0": "Grass."}
      {"Image": "e.jpg", "Caption": "A box.", "SPLIT": "dev", "ID": 5}
      """, .jsonl)
    #expect(
      found.entries.map(\.references) == [
        ["A pond."], ["A hill."], ["A road.", "Wet."], ["A lane.", "Grass."], ["A box."],
      ])
    #expect(found.entries.last?.split == "val")
    #expect(found.entries.last?.externalID == 5)
    #expect(
      found.sentences.filter { !$0.contains("few references") } == [
        "d: line 1: broken row: its “caption_2” is no text; read without it",
        "d: line 1: broken row: its “split” is no text; read without it",
        "d: line 2: broken row: 2 of its “captions” are no text; read without",
      ])
  }

  @Test func oneBrokenObjectLeavesTheRest() throws {
    let found = try contents(
      #"""
      [{"image": "a.jpg", "caption": "half \ud83d"}, {"image": "b.jpg", "caption": null},
       {"image": "c.jpg", "caption": "A zero \u0000 byte"}, {"image": "d.jpg", "caption": "A hill."}]
      """#, .jsonl)
    #expect(found.entries.map(\.name) == ["d.jpg"])
    #expect(
      found.sentences == [
        "d: [0]: broken row: it is not valid JSON; left out",
        "d: [1]: broken row: “caption” is not of the right type; left out",
        "d: [2]: broken row: “A zero \u{2400} byte” of “c.jpg” has a zero byte; left out",
        "d: [2]: photo without captions: “c.jpg” has no captions; left out",
      ])
  }
}
