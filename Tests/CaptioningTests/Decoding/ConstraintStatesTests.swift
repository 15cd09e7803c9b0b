import Captioning
import Testing

@Suite struct ConstraintStatesTests {
  @Test func `without constraints every caption is complete`() {
    let states = ConstraintStates([])
    #expect(states.count == 1 && states.complete == 0 && states.tokens.isEmpty)
    #expect(states.state(of: [1, 2, 3]) == 0)
  }

  @Test func `each constraint is a bit, and a token may satisfy several`() {
    let states = ConstraintStates([[5, 2], [7], [7, 2, 9]])
    #expect(states.count == 8 && states.complete == 7)
    #expect(states.tokens.map(\.token) == [2, 5, 7, 9])
    #expect(states.tokens.map(\.bits) == [5, 1, 6, 4])
    #expect(states.state(of: [1, 9, 5, 9]) == 5)
    #expect(states.state(of: [2, 7]) == 7)
  }
}
