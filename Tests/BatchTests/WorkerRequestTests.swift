import Batch
import Store
import SystemPackage
import Testing

struct WorkerRequestTests {
  private func request(_ line: String, mayBeObject: Bool = true) throws -> WorkerRequest {
    try WorkerRequest(line: Array(line.utf8), mayBeObject: mayBeObject)
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
