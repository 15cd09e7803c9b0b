import ArgumentParser

/// Whose photos count: shared by all commands that list or count photos.
struct AlbumOptions: ParsableArguments {
  @Flag(help: "Also photos of datasets, which only evaluations have brought into the store.")
  var datasets = false
}
