/// A measure of how good captions are, under the name that papers and reports print.
package enum Metric: String, Codable, CaseIterable, Sendable {
  case bleu1 = "BLEU-1"
  case bleu2 = "BLEU-2"
  case bleu3 = "BLEU-3"
  case bleu4 = "BLEU-4"
  case rougeL = "ROUGE-L"
  case ciderD = "CIDEr-D"
  /// METEOR's formula over matches of equal words and equal stems only, which is not METEOR: that
  /// also matches synonyms and paraphrases.
  case meteorExactStem = "METEOR-exact-stem"
  /// By the user's own copy of the METEOR 1.5 program.
  case meteor = "METEOR"

  /// BLEU's four orders.
  static let bleu: [Metric] = [.bleu1, .bleu2, .bleu3, .bleu4]

  /// All that need no other program.
  package static let builtIn: [Metric] = allCases.filter { $0 != .meteor }
}
