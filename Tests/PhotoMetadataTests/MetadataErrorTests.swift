import Files
import Imaging
import PhotoMetadata
import Testing

struct MetadataErrorTests {
  @Test(
    arguments: [
      (.missing(path: "p"), .noInput, "p: there is no such file"),
      (
        .changed(path: "p"), .inputOutput,
        "p: was changed by another program in the meantime and is left as it is"
      ),
      (
        .writeFailed(path: "p", reason: "No space left on device"), .inputOutput,
        "p: cannot be written: No space left on device"
      ),
      (
        .corrupt(path: "p", format: "PNG", reason: "no picture in it"), .badData,
        "p: not a valid PNG file: no picture in it"
      ),
      (
        .humanText(path: "p", place: "XMP description", text: "My\u{1B}[31m\ndog"), .badData,
        "p: a person wrote in its XMP description: “My [31m dog”"
      ),
      (
        .humanText(path: "p", place: "IPTC caption", text: String(repeating: "x", count: 100)),
        .badData,
        "p: a person wrote in its IPTC caption: “" + String(repeating: "x", count: 59) + "…”"
      ),
    ] as [(MetadataError, FailureKind, String)])
  func `an error is one sentence, and says whose fault it is`(
    _ error: MetadataError, _ kind: FailureKind, _ sentence: String
  ) {
    #expect(error.kind == kind)
    #expect("\(error)" == sentence)
  }
}
