import Batch
import Captioning
import Files
import Foundation
import Imaging
import Testing

struct PhotoFailureTests {
  @Test func `the photo's name stands beside the reason, not in it`() {
    let failure = PhotoFailure(ImagingError.truncated(path: "a.png", format: "PNG"), of: "a.png")
    #expect(failure.reason == "the PNG file is truncated")
    #expect(failure.kind == .badData)
    let missing = PhotoFailure(ImagingError.missing(path: "a.png"), of: "a.png")
    #expect(missing.reason == "there is no such file")
    #expect(missing.kind == .noInput)
    let words = PhotoFailure(CaptioningError.noWords(photo: "a.png", model: "m"), of: "a.png")
    #expect(words.reason == "the model “m” finds no words for it")
  }

  /// A name may stand at the beginning of a sentence that is not about it.
  @Test func `nothing is cut off a sentence`() {
    struct Plain: Error, CustomStringConvertible {
      let description: String
    }
    let plain = PhotoFailure(Plain(description: "the: end is near"), of: "the")
    #expect(plain.reason == "the: end is near")
    #expect(plain.kind == .badData)
    let other = PhotoFailure(ImagingError.empty(path: "b.png"), of: "a.png")
    #expect(other.reason == "b.png: the file is empty")
  }

  @Test func `whoever asked is not at fault for a photo`() {
    let option = PhotoFailure(CaptioningError.option(name: "top", reason: "is 0"), of: "a.png")
    #expect(option.kind == .badData)
    let reading = PhotoFailure(
      ImagingError.readFailed(path: "a.png", reason: "Input/output error"), of: "a.png")
    #expect(reading.kind == .inputOutput)
  }
}
