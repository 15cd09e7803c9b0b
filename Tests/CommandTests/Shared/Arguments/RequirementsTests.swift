import ArgumentParser
import Testing

@testable import caption

@Suite struct RequirementsTests {
  private func message(_ work: () throws -> Void) -> String? {
    do {
      try work()
      return nil
    } catch { return (error as? ValidationError)?.message }
  }

  @Test func `what goes with another option is refused without it`() {
    let (given, missing): (Float?, Float?) = (0.9, nil)
    #expect(
      message { try requires(["--momentum": given], with: "--optimizer sgd", false) }
        == "--momentum goes with --optimizer sgd.")
    #expect(
      message {
        try requires(["--crop": missing, "--colour": given, "--x": 1], with: "--fine-tune", false)
      } == "--colour and --x go with --fine-tune.")
    #expect(message { try requires(["--momentum": given], with: "--optimizer sgd", true) } == nil)
    #expect(
      message { try requires(["--momentum": missing], with: "--optimizer sgd", false) } == nil)
  }

  @Test func `what does nothing beside another option is refused with it`() {
    #expect(
      message { try excludes(["--epochs": 2.0], with: "--steps", true) }
        == "--epochs does nothing with --steps.")
    #expect(message { try excludes(["--epochs": 2.0], with: "--steps", false) } == nil)
  }

  @Test func `a flag counts where it is set`() {
    #expect(message { try requires(["--a": false], with: "--b", false) } == nil)
    #expect(message { try requires(["--a": true], with: "--b", false) } == "--a goes with --b.")
  }
}
