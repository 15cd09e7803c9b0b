import Foundation
import Imaging
import Testing

@Suite struct PreprocessingConfigurationTests {
  private static let bundled = """
    {"width": 224, "height": 224, "geometry": "stretch", "resample": "bilinear", "antialias": true,
     "color": "rgb", "scale": 1, "mean": [127, 127, 127], "std": [128, 128, 128]}
    """

  private func decode(_ json: String) throws -> PreprocessingConfiguration {
    try JSONDecoder().decode(PreprocessingConfiguration.self, from: Data(json.utf8))
  }

  @Test func `the bundled model's dictionary is read, written and read again`() throws {
    let configuration = try decode(Self.bundled)
    #expect(configuration == .bundled)
    let written = try JSONEncoder().encode(configuration)
    #expect(try decode(String(decoding: written, as: UTF8.self)) == configuration)
  }

  @Test(arguments: [
    ("224, \"height\"", "0, \"height\"", "the input size 0×224 is not within 1...8192"),
    ("true", "true, \"resize\": 100", "\"resize\" 100 is not within 224...8192"),
    (
      "\"bilinear\", \"antialias\": true", "\"lanczos\", \"antialias\": false",
      "without antialiasing there is only bilinear resampling, not lanczos"
    ),
    ("[127, ", "[", "\"mean\" and \"std\" need three numbers each"),
    ("[128", "[0", "\"scale\", \"mean\" and \"std\" must be finite, and \"std\" not zero"),
    (
      "stretch", "letterbox\", \"resize\": 300, \"x\": \"",
      "\"resize\" has no meaning with letterbox"
    ),
  ])
  func `a dictionary that makes no sense is refused with the reason`(
    _ old: String, _ new: String, _ reason: String
  ) throws {
    let json = Self.bundled.replacing(old, with: new)
    #expect(json != Self.bundled)
    let error = #expect(throws: DecodingError.self) { try decode(json) }
    guard case .dataCorrupted(let context) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(context.debugDescription == reason)
  }
}
