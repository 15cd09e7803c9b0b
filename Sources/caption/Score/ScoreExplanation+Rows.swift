import Evaluation
import Foundation
import Metrics

extension ScoreExplanation {
  /// The explanation for people, as names and sentences. Scores and points are times 100.
  var rows: [(String, String)] {
    [("caption", candidate)]
      + references.enumerated().map { ("reference \($0 + 1)", $1) }
      + bleuRows + rougeRows + ciderRows + meteorRows + ngramRows
      + [
        (
          "missing",
          missing.map { "\($0.text) (\($0.references))" }.joined(separator: ", ")
        )
      ].filter { !$0.1.isEmpty }
      + losses.map {
        ("lost", "\(ScoreText.hundredths($0.points)) of \($0.metric.rawValue): \(reason($0))")
      }
  }

  private var bleuRows: [(String, String)] {
    let brevity =
      bleu.brevityPenalty < 1
      ? [
        (
          "brevity",
          "\(bleu.length) words, the closest reference has \(bleu.referenceLength): "
            + factor(bleu.brevityPenalty)
        )
      ] : []
    return zip(bleu.scores, zip(bleu.matched, bleu.ngrams)).enumerated().map { index, part in
      let (score, (matched, all)) = part
      let what = index == 0 ? "words" : "sequences of \(index + 1)"
      return (
        "BLEU-\(index + 1)", "\(ScoreText.hundredths(score))  \(matched) of \(all) \(what) matched"
      )
    } + brevity
  }

  private var rougeRows: [(String, String)] {
    [("ROUGE-L", ScoreText.hundredths(rougeL.score))]
      + rougeL.references.enumerated().map { index, reference in
        let common = reference.common.map { "“\($0.joined(separator: " "))” in common: " } ?? ""
        return (
          "  reference \(index + 1)",
          "\(common)precision \(ScoreText.hundredths(reference.precision)), "
            + "recall \(ScoreText.hundredths(reference.recall))"
        )
      }
  }

  private var ciderRows: [(String, String)] {
    [("CIDEr-D", ScoreText.hundredths(ciderD.score))]
      + ciderD.references.enumerated().map { index, reference in
        let similar = reference.similarities.map { String(format: "%.2f", $0) }
        let length = reference.lengthDifference
        let penalty =
          length == 0
          ? ""
          : "; \(abs(length)) word\(abs(length) == 1 ? "" : "s") "
            + (length < 0 ? "shorter: " : "longer: ")
            + factor(reference.lengthPenalty)
        return (
          "  reference \(index + 1)",
          "\(ScoreText.hundredths(reference.points))  similar by words to sequences of 4: "
            + similar.joined(separator: " ") + penalty
        )
      }
  }

  private var meteorRows: [(String, String)] {
    let matches = meteorExactStem.matches.map { match in
      match.candidate == match.reference
        ? match.candidate : "\(match.candidate) ~ \(match.reference)"
    }
    let runs = meteorExactStem.chunks == 1 ? "1 run" : "\(meteorExactStem.chunks) runs"
    return [
      (
        Metric.meteorExactStem.rawValue,
        "\(ScoreText.hundredths(meteorExactStem.score))  precision \(ScoreText.hundredths(meteorExactStem.precision)), "
          + "recall \(ScoreText.hundredths(meteorExactStem.recall))"
      ),
      (
        "  reference \(meteorExactStem.reference + 1)",
        matches.isEmpty
          ? "no matches"
          : "\(matches.joined(separator: ", ")), in \(runs): "
            + factor(meteorExactStem.fragmentationFactor)
      ),
    ]
  }

  /// A row for each n-gram: how often it counts, and which references have it.
  private var ngramRows: [(String, String)] {
    ngrams.enumerated().flatMap { index, ngrams in
      ngrams.map { ngram in
        let having = ngram.inReferences.enumerated().filter { $0.element > 0 }.map(\.offset)
        let whose =
          having.isEmpty
          ? "in no reference"
          : "in reference" + (having.count == 1 ? " " : "s ")
            + having.map { "\($0 + 1)" }.joined(separator: ", ")
        let count = ngram.count == 1 ? "" : ", \(ngram.matched) of \(ngram.count) count"
        return ("\(index + 1)-gram", "\(ngram.text): \(whose)\(count)")
      }
    }
  }

  private func reason(_ loss: Loss) -> String {
    switch loss.cause {
    case .brevity: "the caption is shorter than its references"
    case .length: "its length is not that of the references"
    case .fragmentation: "its matches are in another order or have gaps"
    case .unmatched: "words or sequences of words that no reference has"
    }
  }

  private func factor(_ factor: Double) -> String { String(format: "× %.3f", factor) }
}
