import Datasets
import Foundation
import SystemPackage
import TestSupport
import Testing

struct COCOCaptionsTests {
  private func read(_ json: String) throws -> COCOCaptions {
    try COCOCaptions(data: Data(json.utf8), name: "r.json")
  }

  @Test func captionsAreVerbatim() throws {
    let coco = try read(
      #"""
      {"info": {"year": 2014}, "licenses": [],
       "images": [{"id": 9, "file_name": "b.jpg", "width": 640, "height": 480}, {"id": -3}],
       "annotations": [
         {"image_id": 9, "id": 1, "caption": "A pond.\n"},
         {"image_id": -3, "id": 2, "caption": " Fog "},
         {"image_id": 9, "id": 3, "caption": "Two\u2028ducks "}]}
      """#)
    #expect(coco.images.map(\.id) == [9, -3])
    #expect(coco.images.map(\.fileName) == ["b.jpg", nil])
    #expect(coco.references == [9: ["A pond.\n", "Two\u{2028}ducks "], -3: [" Fog "]])
  }

  @Test(
    arguments: [
      (#"{"images": [], "annotations": []}"#, #"its list “images” is empty"#),
      (#"{"images": [{"id": 1}], "annotations": []}"#, #"its list “annotations” is empty"#),
      (#"{"annotations": []}"#, #"“images” is missing"#),
      (#"{"images": {}, "annotations": []}"#, "images: it is not a list"),
      (#"{"images": [{"file_name": "a"}], "annotations": []}"#, "images[0]: “id” is missing"),
      (
        #"{"images": [{"id": 1}], "annotations": [{"image_id": "1", "caption": "A."}]}"#,
        "annotations[0].image_id: it is the string “1”, not an integer"
      ),
      (
        #"{"images": [{"id": "1"}], "annotations": [{"image_id": 1, "caption": "A."}]}"#,
        "annotations[0].image_id: it is the integer 1, not a string"
      ),
      ("[]", "it is not an object"),
    ])
  func refusals(json: String, reason: String) {
    #expect { try read(json) } throws: { "\($0)" == "r.json: \(reason)" }
  }

  @Test func fromAFile() throws {
    let file = try TemporaryFile(
      Data(#"{"images": [{"id": 1}], "annotations": [{"image_id": 1, "caption": "A."}]}"#.utf8))
    #expect(try COCOCaptions(path: FilePath(file.path)).annotations.map(\.caption) == ["A."])
  }

  @Test func captionsThatVizWizMarksAreNoReferences() throws {
    let coco = try read(
      #"""
      {"images": [{"id": "a"}],
       "annotations": [{"image_id": "a", "caption": "A.", "is_precanned": true},
                       {"image_id": "a", "caption": "B.", "is_rejected": false}]}
      """#)
    #expect(coco.references == [.text("a"): ["B."]])
    #expect(coco.annotations.map(\.mark) == [.precanned, nil])
  }
}
