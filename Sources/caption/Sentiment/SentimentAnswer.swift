/// What a text that came in gets.
struct SentimentAnswer: Sendable {
  /// Of a file or standard input, counted from 1.
  let line: Int?
  /// Nil where it could not be read.
  let text: String?
  /// Nil where the text is blank or could not be read.
  let result: ClassifiedText?
  /// Why it could not be read.
  let fault: String?
}
