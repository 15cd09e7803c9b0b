import Foundation
import Imaging
import PhotoMetadata
import TestSupport
import Testing

struct EmbeddedDescriptionTests {
  private static let sentence = "Two dogs & a “child” <play> in the snow – Straße, 犬 🐕."

  @Test(arguments: photoNames)
  func `a description can be read again, and the picture is as it was`(_ name: String) throws {
    let original = try photo(name)
    let written = try described(original, Self.sentence)
    let properties = PhotoProperties(written)
    let holdsIPTC = ["jpg", "png"].contains(fileExtension(name))
    #expect(properties[.description]?.text == Self.sentence)
    #expect(properties[.altText]?.text == Self.sentence)
    #expect(properties[.caption]?.text == (holdsIPTC ? Self.sentence : nil))
    #expect(properties.humanText == nil)
    guard case .machine(let marker)? = properties.machineText?.author else {
      Issue.record("no marker")
      return
    }
    #expect(marker.model == model && marker.version == version)
    #expect(try picture(written) == picture(original))
    #expect(try pixels(written) == pixels(original))
    let before = PhotoProperties(original)
    #expect(properties.orientation == before.orientation)
    // The same again changes nothing, another text everything but the rest.
    #expect(try described(written, Self.sentence) == written)
    let again = try described(written, "A cat.", model: "other")
    #expect(PhotoProperties(again).descriptions.allSatisfy { $0.text == "A cat." })
    #expect(PhotoProperties(again).humanText == nil)
    #expect(try picture(again) == picture(original))
    #expect(try pixels(again) == pixels(original))
  }

  @Test(.enabled(if: ExifTool.isInstalled), arguments: photoNames)
  func `ExifTool reads every field, and all that was there before`(_ name: String) throws {
    let original = try photo(name)
    let written = try described(original, Self.sentence)
    let before = try ExifTool.tags(original, extension: fileExtension(name))
    let tags = try ExifTool.tags(written, extension: fileExtension(name))
    #expect(tags["XMP-dc:Description"] == Self.sentence)
    #expect(tags["XMP-iptcCore:AltTextAccessibility"] == Self.sentence)
    #expect(tags["XMP-photoshop:CaptionWriter"] == "caption (\(model))")
    #expect(tags["XMP-caption:Model"] == model)
    #expect(tags["XMP-caption:Version"] == version)
    if ["jpg", "png"].contains(fileExtension(name)) {
      #expect(tags["IPTC:Caption-Abstract"] == Self.sentence)
      #expect(
        tags["IPTC:CodedCharacterSet"] == "UTF8" || tags["IPTC:CodedCharacterSet"] == "\u{1B}%G")
    }
    #expect(
      tags["ExifTool:Warning"] == nil
        || tags["ExifTool:Warning"] == before["ExifTool:Warning"],
      "\(tags["ExifTool:Warning"] ?? "")")
    let expectedToChange: Set<String> = [
      "SourceFile", "System:FileName", "System:FileSize", "System:FileModifyDate",
      "System:FileAccessDate", "System:FileInodeChangeDate", "XMP-x:XMPToolkit",
      "File:CurrentIPTCDigest", "Photoshop:IPTCDigest", "ExifTool:Warning", "ExifTool:Validate",
      "IPTC:CodedCharacterSet", "RIFF:WebP_Flags", "File:FileType", "QuickTime:MediaDataOffset",
      "QuickTime:MediaDataSize",
    ]
    for (tag, value) in before where !expectedToChange.contains(tag) {
      #expect(tags[tag] == value, "\(tag)")
    }
  }
}
