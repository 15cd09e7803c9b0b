import Files
import Store
import Testing

struct SearchQueryTests {
  typealias Condition = SearchQuery.Condition

  @Test(
    arguments: [
      ("dog", .phrase("dog")),
      ("  dog\tbeach ", .all([.phrase("dog"), .phrase("beach")])),
      ("dog AND beach", .all([.phrase("dog"), .phrase("beach")])),
      ("dog and beach", .all([.phrase("dog"), .phrase("and"), .phrase("beach")])),
      (#""on the beach""#, .phrase("on the beach")),
      ("“on the beach”", .phrase("on the beach")),
      (#""say \"hi\"""#, .phrase(#"say "hi""#)),
      ("do*", .prefix("do")),
      ("do** -*", .prefix("do")),
      ("a OR b c", .any([.phrase("a"), .all([.phrase("b"), .phrase("c")])])),
      ("(a OR b) c", .all([.any([.phrase("a"), .phrase("b")]), .phrase("c")])),
      ("a NOT b", .all([.phrase("a"), .not(.phrase("b"))])),
      ("-a", .not(.phrase("a"))),
      ("a -(b OR c)", .all([.phrase("a"), .not(.any([.phrase("b"), .phrase("c")]))])),
      (#"a -"b c""#, .all([.phrase("a"), .not(.phrase("b c"))])),
      ("t-shirt", .phrase("t-shirt")),
      ("a - b & c , .", .all([.phrase("a"), .phrase("b"), .phrase("c")])),
      ("((a))", .phrase("a")),
      ("word:Dogs", .exactly("Dogs")),
      ("WORD:dog", .exactly("dog")),
      (#"word:"black dog""#, .exactly("black dog")),
      ("folder:/a/b", .folder("/a/b")),
      (#"folder:"/a b/c" d"#, .all([.folder("/a b/c"), .phrase("d")])),
      (#"folder:/a" "b"#, .folder("/a b")),
      ("(folder:/a(1) OR folder:b)", .any([.folder("/a(1)"), .folder("b")])),
      (#"folder:/5\"x"#, .folder(#"/5"x"#)),
      ("-folder:x", .not(.folder("x"))),
      ("model:embedded", .model("embedded")),
      ("after:2021 before:2021-07", .all([.after("2021"), .before("2021-07")])),
      ("after:2024-02-29", .after("2024-02-29")),
      ("confidence<0.4", .confidence(.less, 0.4)),
      ("confidence <= .4", .confidence(.lessOrEqual, 0.4)),
      ("Confidence>0", .confidence(.greater, 0)),
      ("(confidence>=1)", .confidence(.greaterOrEqual, 1)),
      ("confidence≤0.5", .confidence(.lessOrEqual, 0.5)),
      ("confidence", .phrase("confidence")),
      ("confidences dog", .all([.phrase("confidences"), .phrase("dog")])),
      ("origin:human", .origin(.human)),
      ("sentiment:Positive", .sentiment("Positive")),
      ("dog -sentiment:positive", .all([.phrase("dog"), .not(.sentiment("positive"))])),
      ("sentiment", .phrase("sentiment")),
      ("failed:", .failed("")),
      (#"failed:"no image" folder:a"#, .all([.failed("no image"), .folder("a")])),
      ("12:30", .phrase("12:30")),
      ("http://x", .phrase("http://x")),
      ("mode:x", .phrase("mode:x")),
      ("caption_texts:x", .phrase("caption_texts:x")),
      ("Ünïcödé", .phrase("Ünïcödé")),
      ("🎉", .contains("🎉")),
      ("dog🎉", .phrase("dog🎉")),
      ("一只狗", .contains("一只狗")),
      ("word:狗", .contains("狗")),
      ("犬*", .contains("犬")),
      ("สุนัข", .contains("สุนัข")),
    ] as [(String, Condition)])
  func whatIsTypedIsUnderstood(_ text: String, _ condition: Condition) throws {
    #expect(try SearchQuery(text).condition == condition)
  }

  @Test(
    arguments: [
      ("", .empty),
      (" \n", .empty),
      ("*", .empty),
      ("- , .", .empty),
      ("\"", .openQuote),
      ("dog \"on the", .openQuote),
      ("folder:\"/a", .openQuote),
      ("(dog", .openParenthesis),
      ("(", .openParenthesis),
      ("dog)", .strayParenthesis),
      (")", .strayParenthesis),
      ("()", .emptyParentheses),
      ("dog AND", .missingTerm(beside: "AND")),
      ("AND dog", .missingTerm(beside: "AND")),
      ("OR", .missingTerm(beside: "OR")),
      ("dog OR OR cat", .missingTerm(beside: "OR")),
      ("(dog AND)", .missingTerm(beside: "AND")),
      ("NOT", .missingTerm(beside: "NOT")),
      ("dog NOT OR cat", .missingTerm(beside: "OR")),
      ("folder: dog", .missingValue(field: "folder")),
      ("model:", .missingValue(field: "model")),
      ("word:!", .missingValue(field: "word")),
      ("after:", .missingValue(field: "after")),
      ("after:yesterday", .badDate(field: "after", value: "yesterday")),
      ("before:2021-13", .badDate(field: "before", value: "2021-13")),
      ("before:2021-02-29", .badDate(field: "before", value: "2021-02-29")),
      ("before:2021-2-3", .badDate(field: "before", value: "2021-2-3")),
      ("before:2021-02-03-04", .badDate(field: "before", value: "2021-02-03-04")),
      ("before:٢٠٢١", .badDate(field: "before", value: "٢٠٢١")),
      ("confidence<abc", .badConfidence("confidence<abc")),
      ("confidence<1.5", .badConfidence("confidence<1.5")),
      ("confidence<nan", .badConfidence("confidence<nan")),
      ("confidence=0.5", .badConfidence("confidence=0.5")),
      ("confidence:0.5", .badConfidence("confidence:0.5")),
      ("dog confidence<", .badConfidence("confidence<")),
      ("origin:dog", .badOrigin("dog")),
      ("sentiment:", .missingValue(field: "sentiment")),
      ("failed: sentiment:positive", .notWithFailures("sentiment:")),
      ("failed: dog", .notWithFailures("“dog”")),
      ("failed: OR after:2020", .notWithFailures("after:")),
      (String(repeating: "(", count: 17) + "a" + String(repeating: ")", count: 17), .tooNested),
      (String(repeating: "-", count: 17) + "a", .tooNested),
      (String(repeating: "a ", count: 201), .tooManyTerms),
      (String(repeating: "ä", count: 5001), .tooLong),
    ] as [(String, SearchQueryError)])
  func nonsenseIsExplained(_ text: String, _ error: SearchQueryError) {
    #expect(throws: error) { try SearchQuery(text) }
    #expect(
      error.description.first?.isLowercase == true || "ANO-".contains(error.description.first!))
    #expect(!error.description.hasSuffix("."))
  }

  @Test func failuresAreAskedForByTheirField() throws {
    #expect(try SearchQuery("failed:").isAboutFailures)
    #expect(try SearchQuery("-failed:truncated folder:a").isAboutFailures)
    #expect(try !SearchQuery("failed").isAboutFailures)
  }
}
