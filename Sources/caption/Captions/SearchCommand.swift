import ArgumentParser
import Foundation
import Store
import SystemPackage

/// `caption search`: photos by what their captions say, and by more.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find photos by the words of their captions.",
    discussion: """
      The query goes in quotes. Words are found in all their forms, and all of them must occur; \
      the best captions come first, the latest ones where nothing but filters is given.

        dog beach             both words
        "on the beach"        the phrase
        skate*                words that begin so
        word:dogs             this word, in no other form
        dog OR cat, dog AND (beach OR sea), dog NOT cat, dog -cat
        folder:~/Pictures     photos in the folder and the folders in it
        model:embedded        captions by the model
        after:2021-07         taken in July 2021 or later
        before:2022           taken before 2022
        confidence<0.4        captions that the model doubted; also <=, > and >=
        sentiment:positive    captions that “caption sentiment” called positive
        origin:human          captions that people wrote; origin:machine, the others
        dataset:flickr8k      photos of the dataset, also those that only evaluations
                              looked at; dataset: those of any
        failed:               photos that could not be captioned; only folder: goes with it
        failed:truncated      those with this word in the reason

      A value with blanks in it goes in quotes: folder:"/home/anna/My Photos". Of words that more \
      than 5,000 captions have, the latest captions are ranked.

      It prints path, caption and confidence, or path and reason for failed:, in columns on a \
      terminal and otherwise separated by tabs; tab, line end and backslash in a value are written \
      \\t, \\n, \\\\.

      EXAMPLES:
        caption search dog beach
        caption search '"on the beach" (dog OR child) -frisbee'
        caption search 'confidence<0.4 folder:~/Pictures' --all --json
        caption search failed: | cut -f 1
      """)

  // What begins with a minus sign is what is not wanted.
  @Argument(parsing: .allUnrecognized, help: "What to search for.")
  var query: [String]

  @OptionGroup var length: LengthOptions<Usual>

  @OptionGroup var album: AlbumOptions
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let option = query.first(where: { $0.hasPrefix("--") }) {
      throw ValidationError("Unknown option '\(option)'.")
    }
    guard !query.isEmpty else { throw ValidationError("Give a query, as in: caption search dog.") }
  }

  enum Usual: UsualLength {
    static let limit = 20
    static let rows = "photos"
  }

  func run() throws {
    let query = try SearchQuery(query.joined(separator: " "))
    try excludes(["--datasets": album.datasets], with: "dataset:", query.isAboutDatasets)
    if query.isAboutFailures {
      let photos = try storeOptions.with(.read) {
        try $0.searchFailures(query, limit: length.limit, datasets: album.datasets)
      }
      try output.print(columns: ["path", "reason"], rows: photos) { [$0.path.string, $0.reason] }
    } else {
      let photos = try storeOptions.with(.read) {
        try $0.search(query, limit: length.limit, datasets: album.datasets)
      }
      try output.print(columns: ["path", "caption", "confidence"], rows: photos) { $0.cells }
    }
  }
}
