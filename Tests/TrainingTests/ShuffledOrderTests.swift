import Foundation
import Testing
import Training

@Suite struct ShuffledOrderTests {
  @Test func `each epoch has every number once, in another order`() {
    var order = ShuffledOrder(count: 20, seed: 3)
    let first = (0..<20).map { _ in order.next() }
    #expect(order.epoch == 0)
    let second = (0..<20).map { _ in order.next() }
    #expect(order.epoch == 1)
    #expect(first.sorted() == Array(0..<20) && second.sorted() == Array(0..<20))
    #expect(first != second && first != Array(0..<20))
  }

  @Test func `saved and restored it goes on`() throws {
    var order = ShuffledOrder(count: 7, seed: 3)
    for _ in 0..<10 { _ = order.next() }
    var restored = try JSONDecoder().decode(
      ShuffledOrder.self, from: JSONEncoder().encode(order))
    #expect((0..<20).map { _ in order.next() } == (0..<20).map { _ in restored.next() })
  }

  @Test(arguments: [
    #"{"count":3,"epoch":0,"position":4,"seed":1}"#,
    #"{"count":0,"epoch":0,"position":0,"seed":1}"#,
  ])
  func `an impossible state is refused`(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ShuffledOrder.self, from: Data(json.utf8))
    }
  }
}
