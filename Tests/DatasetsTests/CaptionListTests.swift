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
      ("('A', 'B')", ["A", "B"]), ("('A',)", ["A"]), ("()", []),
      ("array(['A pond.', 'Ducks.'], dtype=object)", ["A pond.", "Ducks."]),
      ("array(['A',\n       'B'], dtype='<U7')", ["A", "B"]), ("array(['A'])", ["A"]),
      (#"["A", null]"#, ["A"]), (#"["A", NaN]"#, ["A"]), ("['A', None]", ["A"]),
      ("[nan, 'A', nan]", ["A"]), (#""[\"A\", \"B\"]""#, ["A", "B"]),
    ])
  func lists(text: String, captions: [String]) {
    #expect(CaptionList.captions(in: text) == captions)
  }

  @Test(
    arguments: [
      "", "A pond.", "[", "[A pond]", "['A', 3]", "['A', Nones]", "[['A']]", "['A'] and",
      "'A', 'B'", "['A', 'B'", "['A' 'B', 'C']", "['A''B']", "['A',, 'B']", #"['\q']"#, #"['\x4']"#,
      #"['\ud83d']"#, #"['\N{DIGIT ONE}']"#, "['A\nB']", "[,]", "('A')", "('A' 'B')",
      "('A', 'B']",
      "['A' + 'B']", "[b'A']", #""[A sign] reads""#, #""Hello""#, "array('A')", "array(['A'], 3)",
      "a pond", "None", #"['\qNone]"#,
    ])
  func everythingElse(text: String) {
    #expect(CaptionList.captions(in: text) == nil)
  }
}
