import ArgumentParser
import Captioning
import Tensors

/// What a new decoder is like.
struct DecoderOptions: ParsableArguments {
  @Option(help: "The decoder: attention (default) or show-and-tell.")
  var decoder: DecoderConfiguration.Architecture?

  @Option(help: "How many numbers a word's embedding has (default: 256).")
  var embedding: Int?

  @Option(help: "How many numbers the LSTM's state has (default: 512).")
  var hidden: Int?

  @Option(help: "How many numbers the attention's hidden layer has (default: 256).")
  var attention: Int?

  @Option(
    help: ArgumentHelp(
      "Bring what the encoder sees of each region to so many numbers first (default: leave it).",
      valueName: "size"))
  var regionEmbedding: Int?

  @Option(
    help: ArgumentHelp(
      "Words that occur less often in the training captions are unknown (default: 5).",
      valueName: "count"))
  var minimumCount: Int?

  @Option(
    help: ArgumentHelp(
      "The words, one a line, among them <pad>, <start>, <end> and <unk>, instead of those of the "
        + "training captions.", valueName: "file"), completion: .file())
  var vocabulary: String?

  var isEmpty: Bool {
    decoder == nil && embedding == nil && hidden == nil && attention == nil
      && regionEmbedding == nil && minimumCount == nil && vocabulary == nil
  }

  func validate() throws {
    let sizes = [
      ("--embedding", embedding), ("--hidden", hidden), ("--attention", attention),
      ("--region-embedding", regionEmbedding),
    ]
    for case (let name, let size?) in sizes where !(1...8192).contains(size) {
      throw ValidationError("\(name) takes a number from 1 to 8192.")
    }
    guard minimumCount ?? 1 >= 1 else {
      throw ValidationError("--minimum-count takes a number from 1.")
    }
    guard minimumCount == nil || vocabulary == nil else {
      throw ValidationError("--minimum-count and --vocabulary exclude each other.")
    }
    guard attention == nil && regionEmbedding == nil || decoder != .showAndTell else {
      throw ValidationError("--attention and --region-embedding go with the attention decoder.")
    }
  }

  var configuration: DecoderConfiguration {
    let (embedding, hidden) = (embedding ?? 256, hidden ?? 512)
    switch decoder ?? .attention {
    case .attention:
      var configuration = DecoderConfiguration(
        attention: attention ?? 256, embedding: embedding, hidden: hidden)
      configuration.regionEmbedding = regionEmbedding
      return configuration
    case .showAndTell:
      return DecoderConfiguration(showAndTellEmbedding: embedding, hidden: hidden)
    }
  }
}
