import Foundation
import Store
import Testing

struct JSONScannerTests {
  /// The right sides are what Foundation's decoder makes of the texts where it is asked for Int64,
  /// UInt64 and Double in this order.
  @Test(arguments: [
    ("0", JSONValue.integer(0)), ("-0", .integer(0)), ("-0.0", .integer(0)), ("1.0", .integer(1)),
    ("1e2", .integer(100)), ("1E-2", .number(0.01)), ("1.5e1", .integer(15)),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .unsigned(9_223_372_036_854_775_808)),
    ("18446744073709551615", .unsigned(.max)), ("1e19", .unsigned(10_000_000_000_000_000_000)),
    ("18446744073709551616", .number(18_446_744_073_709_551_616)),
    ("-9223372036854775809", .number(-9_223_372_036_854_775_808)), ("1e300", .number(1e300)),
    ("1e-400", .integer(0)), (" true\r\n", .bool(true)), ("\tfalse", .bool(false)),
    ("null", .null), ("\u{FEFF}[]", .array([])), ("{}", .object([:])),
    ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])),
    (#"{"a":1,"a":2}"#, .object(["a": .integer(1)])), (#"{"":null}"#, .object(["": .null])),
    (#""\"\\\/\b\f\n\r\tA""#, .string("\"\\/\u{8}\u{C}\n\r\tA")),
    (#""\ud83d\ude00é😀""#, .string("😀é😀")), (#""\u0000""#, .string("\0")),
    ("\"\u{7F}\u{2028}\"", .string("\u{7F}\u{2028}")),
  ])
  func valuesAreRead(text: String, value: JSONValue) throws {
    #expect(try JSONValue(text: text) == value)
  }

  @Test(arguments: [
    "", " ", "01", "1.", "-", "+1", ".5", "1e", "1e+", "NaN", "Infinity", "tru", "nulls", "1 2",
    "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "]", "{", #"{"a""#, #"{"a":"#, #"{"a":1,}"#, "{a:1}",
    #"{1:1}"#, #"{"a" 1}"#, #""a"#, #"""#, #""\"#, #""\""#, #""\x""#, #""\u12""#, #""\u12g4""#,
    #""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800A""#, "\"a\tb\"", "\"a\0b\"", "1\0",
    "//\n1", "\u{C}1",
  ])
  func whatIsNoJSONIsRefused(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(text: text) }
  }

  @Test(arguments: [
    [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFF],
  ])
  func whatIsNoUTF8IsRefused(bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSONValue(bytes: bytes) }
  }

  @Test func theErrorSaysWhere() {
    #expect(throws: JSONError.malformed(offset: 4)) { try JSONValue(text: "[1, x]") }
    #expect(throws: JSONError.tooLarge(offset: 1)) { try JSONValue(text: "[1e400]") }
    #expect("\(JSONError.malformed(offset: 4))" == "not valid JSON (see byte 5)")
  }

  @Test func nestingHasALimit() throws {
    func nested(_ depth: Int, _ open: String, _ close: String) -> String {
      String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      let text = nested(128, open, close)
      #expect(try JSONValue(text: text).text == text)
      #expect(throws: JSONError.tooDeep) { try JSONValue(text: nested(129, open, close)) }
      #expect(throws: JSONError.tooDeep) {
        try JSONValue(text: String(repeating: open, count: 100_000))
      }
    }
  }

  /// Not a second of it for each kilobyte, as where each level was tried for five types.
  @Test(.timeLimit(.minutes(1)))
  func theTimeGrowsWithTheLength() throws {
    let nest = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    let text = "[" + Array(repeating: nest, count: 1_000).joined(separator: ",") + "]"
    #expect(try JSONValue(text: text).text == text)
  }

  @Test func membersOfOtherTypesAreTakenOutOfTheDocument() throws {
    struct Holder: Decodable, Equatable {
      let name: String
      let any: JSONValue
      let maybe: JSONValue?
      let list: [JSONValue]
    }
    let text = #"{"name":"a","any":{"b":[1e2]},"maybe":null,"list":[1,{"c":"d"}]}"#
    let holder = try JSONValue.decode([Holder].self, from: Array("[\(text)]".utf8))[0]
    #expect(holder.any == .object(["b": .array([.integer(100)])]))
    #expect(holder.maybe == nil)
    #expect(holder.list == [.integer(1), .object(["c": .string("d")])])
    // A decoder that has not read the document would take too long.
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Holder.self, from: Data(text.utf8))
    }
  }
}
