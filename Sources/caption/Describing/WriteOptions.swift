import ArgumentParser
import Batch
import PhotoMetadata

/// Where captions are written besides the store.
struct WriteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write the caption beside the photo, as PHOTO.txt, PHOTO.json or PHOTO.xmp; may be repeated.",
      valueName: "txt|json|xmp"))
  var sidecar: [Sidecar.Kind] = []

  @Flag(
    help:
      "Write the caption into the photo's own metadata (XMP and IPTC); the picture stays as it is.")
  var embed = false

  @Flag(help: "Write also where a person has described the photo, in place of that.")
  var overwriteHuman = false

  @Flag(help: "Leave the time of change of photos that are written into as it is.")
  var keepMtime = false

  @Flag(
    help: "Write also into photos with content credentials (C2PA), which become invalid by it.")
  var breakSignature = false

  func validate() throws {
    guard embed || !sidecar.isEmpty || !overwriteHuman else {
      throw ValidationError("--overwrite-human goes with --sidecar or --embed.")
    }
    guard embed || !keepMtime else { throw ValidationError("--keep-mtime goes with --embed.") }
    guard embed || !breakSignature else {
      throw ValidationError("--break-signature goes with --embed.")
    }
  }

  var options: PhotoWriter.Options {
    var options = PhotoWriter.Options()
    options.sidecars = Sidecar.Kind.allCases.filter(sidecar.contains)
    options.embeds = embed
    options.overwritesHuman = overwriteHuman
    options.keepsModificationTime = keepMtime
    options.breaksSignatures = breakSignature
    return options
  }
}

/// “3 photos behind links out of the folder were not written”; nil where there are none.
func linkedOutSentence(_ count: Int) -> String? {
  switch count {
  case 0: nil
  case 1: "1 photo behind a link out of the folder was not written: name it to have it written"
  default:
    "\(count) photos behind links out of the folder were not written: name them to have them written"
  }
}
