import Datasets
import Foundation
import SystemPackage
import TestSupport
import Testing

struct COCOResultsTests {
  private func read(_ json: String) throws -> COCOResults {
    try COCOResults(data: Data(json.utf8), name: "s.json")
  }

  @Test func inTheFilesOrder() throws {
    let results = try read(
      #"[{"image_id": 391895, "caption": "A bus. "}, {"caption": "", "image_id": 9, "score": 2}]"#)
    #expect(results.entries.map(\.imageID) == [391895, 9])
    #expect(results.entries.map(\.caption) == ["A bus. ", ""])
  }

  @Test(
    arguments: [
      ("[]", "its list is empty"),
      (#"[{"caption": "A."}]"#, "[0]: “image_id” is missing"),
      (#"[{"image_id": 1}]"#, "[0]: “caption” is missing"),
      (
        #"[{"image_id": 1, "caption": "A."}, {"image_id": "2", "caption": "B."}]"#,
        "[1].image_id: it is the string “2”, not an integer"
      ),
      (
        #"[{"image_id": 1.5, "caption": "A."}]"#,
        "[0].image_id: it is not an integer of 64 bits"
      ),
      (
        #"[{"image_id": 9223372036854775808, "caption": "A."}]"#,
        "[0].image_id: it is not an integer of 64 bits"
      ),
      (#"[{"image_id": null, "caption": "A."}]"#, "[0]: “image_id” is missing"),
      (#"[{"image_id": 1, "caption": 7}]"#, "[0].caption: it is not a string"),
      (
        #"[{"image_id": 1, "caption": "A."}, {"image_id": 1, "caption": "A."}]"#,
        "[1]: picture 1 has a caption already, in [0]"
      ),
      (#"{"image_id": 1, "caption": "A."}"#, "it is not a list"),
      (
        "[{\"image_id\": 1, \"caption\": \"A\nB\"}]",
        "it is not valid JSON: unescaped control character around character 30"
      ),
      ("", "it is not valid JSON: unexpected end of file during JSON parse"),
    ])
  func refusals(json: String, reason: String) {
    #expect { try read(json) } throws: { "\($0)" == "s.json: \(reason)" }
  }

  @Test func identifiersAsPythonHasThem() throws {
    let numbers = try read(
      #"[{"image_id": 42.0, "caption": "A."}, {"image_id": 1e2, "caption": "B."}]"#)
    #expect(numbers.entries.map(\.imageID) == [42, 100])
    let texts = try read(
      #"[{"image_id": "42", "caption": "A."}, {"image_id": "", "caption": "B."}]"#)
    #expect(texts.entries.map(\.imageID) == [.text("42"), .text("")])
    #expect {
      try read(#"[{"image_id": "42", "caption": "A."}, {"image_id": 7, "caption": "B."}]"#)
    } throws: {
      "\($0)" == "s.json: [1].image_id: it is the integer 7, not a string"
    }
  }

  /// `json.dumps([{"image_id": 1, "caption": "…", "score": float("nan")}])`
  @Test func numbersThatOnlyPythonHas() throws {
    let results = try read(
      #"[{"image_id": 1, "caption": "Infinity", "score": NaN}, {"image_id": 2, "caption": "NaN", "#
        + #""scores": [-Infinity, Infinity]}]"#)
    #expect(results.entries.map(\.caption) == ["Infinity", "NaN"])
    for (json, reason) in [
      (#"[{"image_id": NaN, "caption": "A."}]"#, "[0].image_id: it is not an integer of 64 bits"),
      (#"[{"image_id": 1, "caption": NaN}]"#, "[0].caption: it is not a string"),
      (#"[NaN, {"image_id": }]"#, "it is not valid JSON: invalid value around character 19"),
    ] {
      #expect { try read(json) } throws: { "\($0)" == "s.json: \(reason)" }
    }
  }
}
