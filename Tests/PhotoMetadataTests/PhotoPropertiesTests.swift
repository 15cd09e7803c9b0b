import Foundation
import Imaging
import PhotoMetadata
import TestSupport
import Testing

struct PhotoPropertiesTests {
  private typealias Entry = PhotoBuilder.Entry

  private func properties(
    main: [PhotoBuilder.Entry] = [], exif: [PhotoBuilder.Entry] = [],
    gps: [PhotoBuilder.Entry] = [], isLittleEndian: Bool = false
  ) throws -> PhotoProperties {
    let block = PhotoBuilder.exif(
      main: main, exif: exif, gps: gps, isLittleEndian: isLittleEndian)
    return PhotoProperties(
      PhotoBuilder.jpeg(
        try photo("\(decoding)/grey.jpg"), segments: [(0xE1, Array("Exif\0\0".utf8) + block)]))
  }

  @Test(arguments: [false, true])
  func `an EXIF block is read in either order of bytes`(_ isLittleEndian: Bool) throws {
    let properties = try properties(
      main: [
        Entry(0x010E, ascii: "A dog"), Entry(0x010F, ascii: "Maker   "), Entry(0x0110, ascii: "M1"),
        Entry(0x0112, short: 6),
      ],
      exif: [Entry(0x9003, ascii: "2021:07:04 18:30:05"), Entry(0x9011, ascii: "+02:00")],
      gps: [
        Entry(1, ascii: "S"), Entry(2, rationals: [(33, 1), (51, 1), (3540, 100)]),
        Entry(3, ascii: "E"), Entry(4, rationals: [(151, 1), (125, 10), (0, 0)]),
      ],
      isLittleEndian: isLittleEndian)
    #expect(properties.captureTime == "2021-07-04T18:30:05+02:00")
    #expect(properties.cameraMake == "Maker")
    #expect(properties.cameraModel == "M1")
    #expect(properties.orientation == .turnedLeft)
    // 33° 51′ 35.4″ S, 151° 12.5′ E.
    #expect(abs((properties.latitude ?? 0) + 33.859_833) < 1e-6)
    #expect(abs((properties.longitude ?? 0) - 151.208_333) < 1e-6)
    #expect(properties.descriptions.map(\.text) == ["A dog"])
    #expect(properties.humanText?.place == .imageDescription)
  }

  @Test(
    arguments: [
      ("2021:07:04 18:30:05", "2021-07-04T18:30:05"),
      ("2020:02:29 00:00:00", "2020-02-29T00:00:00"),
      ("2021/07/04 18:30:05", "2021-07-04T18:30:05"),
      ("2021:07:04 18:30:05.25", "2021-07-04T18:30:05"),
      ("0000:00:00 00:00:00", nil), ("2021:02:29 00:00:00", nil), ("2021:13:01 00:00:00", nil),
      ("2021:07:04 24:00:00", nil), ("2021:07:04 18:60:00", nil), ("    :  :     :  :  ", nil),
      ("2021:07:04", nil), ("２０２１:07:04 18:30:05", nil), ("+021:07:04 18:30:05", nil), ("", nil),
      ("2021:07:04 18:30", nil), ("-001:07:04 18:30:05", nil),
    ] as [(String, String?)])
  func `nonsense is no capture time`(_ text: String, _ expected: String?) throws {
    #expect(try properties(exif: [Entry(0x9003, ascii: text)]).captureTime == expected)
  }

  @Test func `the time of digitization stands in for that of capture, with its own zone`() throws {
    let properties = try properties(exif: [
      Entry(0x9003, ascii: "0000:00:00 00:00:00"), Entry(0x9011, ascii: "+01:00"),
      Entry(0x9004, ascii: "1999:12:31 23:59:59"), Entry(0x9012, ascii: "Z"),
    ])
    #expect(properties.captureTime == "1999-12-31T23:59:59Z")
  }

  @Test(arguments: ["+25:00", "02:00", "+2", "abc", "+02:00:00"])
  func `nonsense is no time zone`(_ zone: String) throws {
    let properties = try properties(exif: [
      Entry(0x9003, ascii: "2021:07:04 18:30:05"), Entry(0x9011, ascii: zone),
    ])
    #expect(properties.captureTime == "2021-07-04T18:30:05")
  }

  @Test(arguments: [
    [(91, 1), (0, 1), (0, 1)], [(33, 0), (0, 1), (0, 1)], [(0, 1), (0, 1), (0, 1)],
    [(4_294_967_295, 1), (0, 1), (0, 1)],
  ])
  func `nonsense is no place`(_ latitude: [(Int, Int)]) throws {
    let properties = try properties(gps: [
      Entry(2, rationals: latitude), Entry(4, rationals: [(0, 1), (0, 1), (0, 1)]),
    ])
    #expect(properties.latitude == nil && properties.longitude == nil)
  }

  @Test(arguments: [
    "OLYMPUS DIGITAL CAMERA", "OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "   ", "",
    "SAMSUNG CAMERA PICTURES", "DCIM\\100MEDIA\\DJI_0001.JPG", "IMG_0001.JPG", "P1010001",
    "DSC01234",
  ])
  func `what a camera writes into every picture is no description`(_ text: String) throws {
    #expect(try properties(main: [Entry(0x010E, ascii: text)]).descriptions == [])
  }

  @Test(arguments: ["Paris 1999", "Our dog at the beach", "IMG", "Päivi"])
  func `what a person writes is one`(_ text: String) throws {
    #expect(try properties(main: [Entry(0x010E, ascii: text)]).humanText?.text == text)
  }

  @Test func `text in an old encoding is read`() throws {
    let properties = try properties(main: [
      Entry(0x010E, bytes: [0x53, 0x74, 0x72, 0x61, 0xDF, 0x65, 0])
    ])
    #expect(properties.humanText?.text == "Straße")
  }

  @Test func `bytes that are no picture have no properties`() {
    #expect(PhotoProperties([]) == PhotoProperties())
    #expect(PhotoProperties(Array("no picture".utf8)) == PhotoProperties())
    #expect(PhotoProperties([0xFF, 0xD8, 0xFF]) == PhotoProperties())
  }

  @Test(
    .enabled(if: ExifTool.isInstalled),
    arguments: [
      "samples/rocket.jpg", "\(decoding)/rgb.png", "\(decoding)/lossless.webp",
      "\(decoding)/photo.heic", "\(decoding)/photo.avif",
    ])
  func `everything that ExifTool writes is read`(_ name: String) throws {
    let holdsIPTC = fileExtension(name) == "jpg"
    let photo = try ExifTool.changed(
      photo(name), extension: fileExtension(name),
      [
        "-EXIF:DateTimeOriginal=2021:07:04 18:30:05", "-EXIF:OffsetTimeOriginal=-03:30",
        "-EXIF:Make=Canon", "-EXIF:Model=EOS 7D", "-EXIF:GPSLatitude=48.85837",
        "-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitude=2.294481", "-EXIF:GPSLongitudeRef=W",
        "-EXIF:ImageDescription=Der Eiffelturm für alle", "-XMP-dc:Description=La tour Eiffel",
        "-XMP-dc:Description-de=Der Eiffelturm",
        "-XMP-iptcCore:AltTextAccessibility=An iron tower",
      ] + (holdsIPTC ? ["-IPTC:Caption-Abstract=Tour «Eiffel»"] : []))
    let properties = PhotoProperties(photo)
    #expect(properties.captureTime == "2021-07-04T18:30:05-03:30")
    #expect(properties.cameraMake == "Canon" && properties.cameraModel == "EOS 7D")
    #expect(abs((properties.latitude ?? 0) - 48.85837) < 1e-5)
    #expect(abs((properties.longitude ?? 0) + 2.294481) < 1e-5)
    #expect(properties[.description]?.text == "La tour Eiffel")
    #expect(properties.descriptions.contains { $0.language == "de" && $0.text == "Der Eiffelturm" })
    #expect(properties[.altText]?.text == "An iron tower")
    #expect(properties[.imageDescription]?.text == "Der Eiffelturm für alle")
    // Without a coded character set, as ExifTool writes it by itself: ISO 8859-1.
    #expect(properties[.caption]?.text == (holdsIPTC ? "Tour «Eiffel»" : nil))
    #expect(properties.descriptions.allSatisfy { $0.author == .person })
  }

  /// No measurement, but a bound that also holds without optimization: one takes 0.03 ms here.
  @Test func `reading takes no time to speak of`() throws {
    let photos = try ["samples/flower.jpg", "samples/chelsea.png"].map(photo)
    let duration = ContinuousClock().measure {
      for _ in 0..<20 { for photo in photos { _ = PhotoProperties(photo) } }
    }
    #expect(duration < .seconds(2))
  }
}
