import Files
import Foundation
import Gallery
import SystemPackage
import TestSupport
import Testing

@testable import Store

@Suite struct GalleryPageTests {
  private func entry(_ path: FilePath, _ caption: String?, hash: String? = nil) -> CaptionExchange {
    var entry = CaptionExchange(path: path)
    entry.contentHash = ContentHash(of: Array((hash ?? path.string).utf8))
    entry.byteCount = 10
    entry.format = "JPEG"
    (entry.width, entry.height) = (4, 3)
    if let caption {
      entry.caption = caption
      entry.confidence = 0.5
      entry.createdAt = "2026-01-31T09:30:00.000Z"
      entry.model = CaptionExchange.Model(name: "sample", hash: ContentHash(of: [1]))
    }
    return entry
  }

  private func page(
    _ entries: [CaptionExchange], folder: FilePath? = "/photos", title: String = "Photos"
  ) throws -> (text: String, missing: Int) {
    var page = GalleryPage(folder: folder, thumbnailSide: 64, threads: 2)
    for entry in entries { page.add(entry) }
    var data = Data()
    let missing = try page.write(title: title, date: "2026-01-31") { data += $0 }
    return (try #require(String(data: data, encoding: .utf8)), missing)
  }

  /// What stands between the tags of the script element with that number.
  private func element(_ id: String, of page: String) throws -> Any {
    let start = try #require(page.range(of: "id=\"\(id)\">")).upperBound
    let end = try #require(page[start...].range(of: "</script>")).lowerBound
    return try JSONSerialization.jsonObject(with: Data(page[start..<end].utf8))
  }

  private func photos(of page: String) throws -> [[String: Any]] {
    let data = try #require(try element("data", of: page) as? [String: Any])
    return try #require(data["photos"] as? [[String: Any]])
  }

  @Test func `hostile captions, paths and titles stay data`() throws {
    let hostile =
      #"</script><!--<script>alert("1")</script> {{data}} {{script}} 'q' 🐕‍🦺"# + "\n\u{2028}"
    let path = FilePath("/photos/").appending("</script><img src=x onerror=alert(1)>.jpg")
    var first = entry(path, hostile)
    first.humanCaptions = [.init(text: hostile, source: "note", createdAt: "")]
    first.cameraModel = hostile
    let text = try page([first], title: "</title><script>alert(2)</script>").text
    // The page's own script, its data, and one block of thumbnails.
    #expect(text.components(separatedBy: "<script").count - 1 == 3)
    #expect(text.components(separatedBy: "</script").count - 1 == 3)
    #expect(!text.contains("<img src=x"))
    #expect(text.contains("<title>&lt;/title&gt;&lt;script&gt;alert(2)&lt;/script&gt;</title>"))
    let photo = try photos(of: text)[0]
    let captions = try #require(photo["captions"] as? [[String: Any]])
    #expect(captions[0]["text"] as? String == hostile)
    #expect(photo["path"] as? String == path.string)
    #expect((photo["humans"] as? [[String: String]])?.first?["text"] == hostile)
  }

  @Test func `a policy allows the page's own script and style alone`() throws {
    let text = try page([entry("/photos/a.jpg", "A dog.")]).text
    let policy = try #require(text.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/))
    #expect(policy.1.contains("default-src 'none'"))
    #expect(!policy.1.contains("unsafe"))
    for (directive, open, close) in [
      ("script-src", "<script>", "</script>"), ("style-src", "<style>", "</style>"),
    ] {
      let start = try #require(text.range(of: open)).upperBound
      let end = try #require(text[start...].range(of: close)).lowerBound
      let hash = ContentHash(of: Array(text[start..<end].utf8))
      let digest = Data((0..<32).map { hash.byte($0) }).base64EncodedString()
      #expect(policy.1.contains("\(directive) 'sha256-\(digest)'"))
    }
    // Nothing that could be fetched.
    #expect(!text.contains("http://") && !text.contains("https://"))
    #expect(text.firstMatch(of: /<(link|iframe|object|embed|base)\b/) == nil)
  }

  @Test func `links lead to the files, relative below the page's folder`() throws {
    let text = try page([
      entry("/photos/a/b 1#?%.jpg", "A."), entry("/photos2/c.jpg", "B."),
      entry("/photos/d:e.jpg", "C."), entry(FilePath(platformString: [47, -1, 0]), "D."),
    ]).text
    #expect(
      try photos(of: text).map { $0["url"] as? String } == [
        "./a/b%201%23%3F%25.jpg", "file:///photos2/c.jpg", "./d%3Ae.jpg", "file:///%FF",
      ])
    let absolute = try page([entry("/photos/a.jpg", "A.")], folder: nil).text
    #expect(try photos(of: absolute).map { $0["url"] as? String } == ["file:///photos/a.jpg"])
  }

  @Test func `captions of one picture are one photo`() throws {
    let text = try page([
      entry("/a.jpg", "New."), entry("/a.jpg", "Old."), entry("/b.jpg", nil),
    ]).text
    let captions = try photos(of: text).map {
      ($0["captions"] as? [[String: Any]])?.compactMap { $0["text"] as? String }
    }
    #expect(captions == [["New.", "Old."], []])
  }

  @Test func `every photo has its thumbnail or the reason why not`() throws {
    let sample = FilePath(projectFolder.appending(path: "data/samples/china.jpg").path)
    let entries = (0..<50).map {
      entry($0 == 49 ? sample : FilePath("/nowhere/\($0).jpg"), "A.", hash: "\($0)")
    }
    let (text, missing) = try page(entries)
    #expect(missing == 49)
    let blocks = try ["thumbnails-0", "thumbnails-1"].map {
      try #require(try element($0, of: text) as? [[String: String]])
    }
    #expect(blocks.map(\.count) == [48, 2])
    #expect(blocks[0][0] == ["failure": "there is no such file"])
    let webp = try #require(blocks[1][1]["webp"].flatMap { Data(base64Encoded: $0) })
    #expect(webp.prefix(4) == Data("RIFF".utf8))
  }

  @Test func `a page without photos is a page`() throws {
    #expect(try photos(of: page([]).text).isEmpty)
  }
}

extension ContentHash {
  fileprivate func byte(_ index: Int) -> UInt8 {
    UInt8(description.dropFirst(2 * index).prefix(2), radix: 16) ?? 0
  }
}
