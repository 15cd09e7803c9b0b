import Store
import Testing

struct JSONValueTests {
  @Test func isKeptAsItIs() throws {
    let text =
      #"{"a":[1,-2,1.5,true,false,null,"1",18446744073709551615,1e+300],"b":{},"c":"é\n"}"#
    let value = try JSONValue(text: text)
    #expect(try value.text == text)
    guard case .object(let object) = value, case .array(let array)? = object["a"] else {
      Issue.record("not an object with an array")
      return
    }
    #expect(array[0] == .integer(1))
    #expect(array[3] == .bool(true))
    #expect(array[6] == .string("1"))
  }
}
