import Metrics
import Testing

@Suite struct EnglishStemmerTests {
  /// import snowballstemmer  # 2.2.0
  /// s = snowballstemmer.stemmer("english")
  /// {w: s.stemWord(w) for w in words}
  @Test(arguments: [
    "": "", "a": "a", "'": "'", "'s": "'s", "is": "is", "skis": "ski", "dying": "die",
    "sky": "sky", "inning": "inning", "innings": "inning", "herring": "herring",
    "generate": "generat", "generous": "generous", "communication": "communic",
    "arsenal": "arsenal", "dog's": "dog", "dogs'": "dog", "caresses": "caress", "ties": "tie",
    "cries": "cri", "gas": "gas", "gaps": "gap", "kiwis": "kiwi", "boss": "boss", "bus": "bus",
    "agreed": "agre", "feed": "feed", "plastered": "plaster", "bled": "bled", "motoring": "motor",
    "sing": "sing", "luxuriating": "luxuri", "troubled": "troubl", "hopping": "hop",
    "hoping": "hope", "falling": "fall", "filing": "file", "sitting": "sit", "riding": "ride",
    "rides": "ride", "running": "run", "playing": "play", "plays": "play", "boy": "boy",
    "by": "by", "say": "say", "happy": "happi", "yellow": "yellow", "youth": "youth",
    "relational": "relat", "conditional": "condit", "national": "nation",
    "vietnamization": "vietnam",
    "operator": "oper", "decisiveness": "decis", "sensibility": "sensibl", "geology": "geolog",
    "apology": "apolog", "pedagogi": "pedagogi", "friendly": "friend", "lovely": "love",
    "formative": "format", "negative": "negat", "electrical": "electr", "hopefulness": "hope",
    "adoption": "adopt", "onion": "onion", "replacement": "replac", "adjustable": "adjust",
    "rate": "rate", "cease": "ceas", "controlling": "control", "roll": "roll", "café": "café",
  ])
  func `words have the stems of the Snowball stemmer`(word: String, stem: String) {
    #expect(EnglishStemmer.stem(word) == stem)
  }
}
