package import Foundation

/// A page that shows what texts feel like, and which of their words say so: one HTML file that needs
/// no other, nor a network, nor scripts.
///
/// All texts are data: they are escaped, and a content security policy allows the page's own style
/// and nothing else.
package struct SentimentPage: Sendable {
  /// A text and what a model made of it.
  package struct Text: Sendable {
    package let label: String
    /// The labels of the model and their probabilities.
    package let probabilities: [(label: String, probability: Double)]
    /// The text, piece by piece.
    package let pieces: [Piece]
    /// Those that say most, the strongest first.
    package let strongest: [(word: String, logOdds: Double)]

    package init(
      label: String, probabilities: [(label: String, probability: Double)], pieces: [Piece],
      strongest: [(word: String, logOdds: Double)]
    ) {
      self.label = label
      self.probabilities = probabilities
      self.pieces = pieces
      self.strongest = strongest
    }
  }

  package struct Piece: Sendable {
    package let text: String
    /// Of a word: what it adds to the log-odds.
    package let logOdds: Double?
    /// How strong it looks, from −3 to 3.
    package let step: Int

    package init(text: String, logOdds: Double?, step: Int) {
      self.text = text
      self.logOdds = logOdds
      self.step = step
    }
  }

  private let model: String
  // What the colours stand for.
  private let against: String
  private let towards: String

  /// - Parameters:
  ///   - model: what it is called.
  ///   - against: what words of steps below zero speak for.
  ///   - towards: what words of steps above zero speak for.
  package init(model: String, against: String, towards: String) {
    self.model = model
    self.against = against
    self.towards = towards
  }

  /// Writes the page.
  ///
  /// - Parameter texts: writes text after text, as `html` has them.
  /// - Throws: what `write` and `texts` throw.
  package func write(
    to write: (Data) throws -> Void, texts: (_ html: (Text) -> Data) throws -> Void
  ) throws {
    let page = ReportPage(
      title: "Sentiment", style: PageTemplate.resource(PackageResources.sentiment_css))
    try page.write(to: write) {
      try write(Data(legend.utf8))
      try texts { Data(html($0).utf8) }
    }
  }

  private var legend: String {
    let steps = (-3...3).map { "<span class=\"\(Self.name(ofStep: $0))\"></span>" }
    return """
      <p class="legend">\(PageTemplate.escaped(against)) <span class="steps" aria-hidden="true">\
      \(steps.joined())</span> \(PageTemplate.escaped(towards))
      <span class="model">model \(PageTemplate.escaped(model)); numbers are log-odds</span></p>

      """
  }

  private func html(_ text: Text) -> String {
    let pieces = text.pieces.map { piece in
      let escaped = PageTemplate.escaped(piece.text)
      guard let logOdds = piece.logOdds, piece.step != 0 else { return escaped }
      return "<span class=\"\(Self.name(ofStep: piece.step))\" title=\"\(Self.signed(logOdds))\">"
        + "\(escaped)</span>"
    }
    let probabilities = text.probabilities.map { label, probability in
      """
      <li>\(PageTemplate.escaped(label)) <meter value="\(Self.number(probability, 4))"></meter> \
      \(Self.number(probability, 2))</li>
      """
    }
    let strongest = text.strongest.map { word, logOdds in
      let name = Self.name(ofStep: logOdds < 0 ? -1 : 1)
      return "<li><span class=\"\(name)\">\(PageTemplate.escaped(word))</span> "
        + "\(Self.signed(logOdds))</li>"
    }
    return """
      <article class="text">
      <h2>\(PageTemplate.escaped(text.label))</h2>
      <ul class="probabilities">\(probabilities.joined())</ul>
      <p class="words">\(pieces.joined())</p>
      \(strongest.isEmpty ? "" : "<ol class=\"strongest\">\(strongest.joined())</ol>")
      </article>

      """
  }

  private static func name(ofStep step: Int) -> String {
    step == 0 ? "none" : (step < 0 ? "against-" : "towards-") + "\(abs(step))"
  }

  private static func signed(_ logOdds: Double) -> String {
    (logOdds < 0 ? "−" : "+") + number(abs(logOdds), 2)
  }

  private static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
