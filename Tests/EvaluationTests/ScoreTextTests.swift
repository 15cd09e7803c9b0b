import Evaluation
import Testing

@Suite struct ScoreTextTests {
  @Test func scoresAreTimesAHundredAndWordsAreCounted() {
    #expect(ScoreText.text(0.2534, of: "CIDEr-D") == "25.34")
    #expect(ScoreText.text(0.5, of: "new captions") == "50.00")
    #expect(ScoreText.text(69, of: "vocabulary") == "69 words")
    #expect(ScoreText.text(10.256, of: "mean length") == "10.26 words")
    #expect(ScoreText.signedHundredths(-0.01) == "-1.00")
  }
}
