import Datasets
import Testing

struct CaptionStatisticsTests {
  // python3 -c 'import string; print("A man\'s RED t-shirt , (\"x2\")...".lower().translate(
  //   str.maketrans("", "", string.punctuation)).strip().split())'
  @Test func wordsAsKarpathyHasThem() {
    #expect(
      captionWords("A man's RED t-shirt , (\"x2\")...") == ["a", "mans", "red", "tshirt", "x2"])
    #expect(captionWords("Ein Café\u{A0}— ÜBER, 2") == ["ein", "café", "—", "über", "2"])
    #expect(captionWords(" . \n").isEmpty)
  }

  @Test func counts() {
    var statistics = CaptionStatistics()
    #expect(statistics.captionsPerPhoto == nil)
    statistics.add(["A dog.", "A brown dog runs"])
    statistics.add(["dog"])
    #expect(statistics.photos == 2)
    #expect(statistics.captions == 3)
    #expect(statistics.captionsPerPhoto == 1...2)
    #expect(statistics.words == 7)
    #expect(statistics.wordsPerCaption == 1...4)
    #expect(statistics.vocabulary() == 4)
    #expect(statistics.vocabulary(atLeast: 2) == 2)
  }
}
