import Batch
import Store
import SystemPackage
import Testing

struct WorkerRequestTests {
  private func request(_ line: String, mayBeObject: Bool = true) throws -> WorkerRequest {
    try WorkerRequest(line: Array(line.utf8), mayBeObject: mayBeObject)
  }

  /// Each level costs the same, and none too much.
  @Test(.timeLimit(.minutes(1)))
  func nestsAreReadInOneGoOrRefused() throws {
    let nest = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    let nests = Array(repeating: nest, count: 500).joined(separator: ",")
    let read = try request(#"{"path":"/a","nests":[\#(nests)]}"#)
    guard case .array(let elements)? = read.extras["nests"] else {
      Issue.record("no nests")
      return
    }
    #expect(elements.count == 500)
    do {
      _ = try request(#"{"path":"/a","nest":"# + String(repeating: "[", count: 100_000))
      Issue.record("a nest of 100,000 levels was read")
    } catch let error as WorkerRequestError {
      #expect(error.reason == "its JSON is nested more than 128 deep")
    }
  }

  @Test func aPathOrAnObject() throws {
    #expect(try request("a b.jpg").path == "a b.jpg")
    #expect(try request("./{a}").path == "./{a}")
    #expect(try request("{a}", mayBeObject: false).path == "{a}")
    let object = try request(#"{"path": "a", "id": 7, "width": 3, "camera_make": "x"}"#)
    #expect(object.path == "a")
    #expect(object.extras == ["id": .integer(7), "camera_make": .string("x")])
    #expect(try request(#"{"path": "?", "path_base64": "Yg=="}"#).path == "b")
  }

  @Test(arguments: [
    "", "{", "{}", "{\"path\": 1}", "{\"path\": \"\"}", "{\"path\": \"a\\u0000\"}", "a\0b",
    "{\"path_base64\": \"?\"}",
  ])
  func whatNamesNoPhoto(line: String) {
    #expect(throws: WorkerRequestError.self) { try request(line) }
  }
}
