import Datasets
import Testing

struct CaptionListTests {
  /// `json.dumps(…)`, `str(…)` of a list and, in the last three, `str(numpy.array(…))`.
  @Test(
    arguments: [
      (#"["A pond.", "It's \u00e9."]"#, ["A pond.", "It's é."]),
      (
        #" ['A "pond".', "It's é.", 'both \' and "'] "#,
        [#"A "pond"."#, "It's é.", #"both ' and ""#]
      ),
      (
        #"['tab\t', 'line\n', 'back\\', '\xe9\u2019\U0001f600']"#,
        ["tab\t", "line\n", "back\\", "é’😀"]
      ),
      ("[u'A', u\"B\",]", ["A", "B"]),
      ("[]", []), ("[ ]", []), ("['']", [""]),
      ("['A pond.' 'Ducks.']", ["A pond.", "Ducks."]),
      ("['A pond.'\n \"It's wet.\"]", ["A pond.", "It's wet."]),
      ("['A']", ["A"]),
    ])
  func lists(text: String, captions: [String]) {
    #expect(CaptionList.captions(in: text) == captions)
  }

  @Test(
    arguments: [
      "", "A pond.", "[", "[A pond]", "['A', 3]", "['A', None]", "[['A']]", "['A'] and", "'A', 'B'",
      "['A', 'B'", "['A' 'B', 'C']", "['A''B']", "['A',, 'B']", #"['\q']"#, #"['\x4']"#,
      #"['\ud83d']"#, #"['\N{DIGIT ONE}']"#, "['A\nB']", "[,]", "('A', 'B')", #"["A", null]"#,
      "['A' + 'B']", "[b'A']",
    ])
  func everythingElse(text: String) {
    #expect(CaptionList.captions(in: text) == nil)
  }
}
