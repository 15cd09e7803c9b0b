import Datasets
import Foundation
import Testing

struct CSVFileTests {
  @Test func quotesAndColumnsInAnyOrder() throws {
    let found = try contents(
      "Split,ID, caption ,weight,file_name\r\n"
        + "dev,12,\"A \"\"pond\"\",\r\nand ducks\",3,a.jpg\r\n"
        + ",,\"\"\"Hi\"\"\",,b.jpg\r\n\r\n" + "odd,-3,6\" of snow,,c.jpg", .csv)
    #expect(found.entries.map(\.name) == ["a.jpg", "b.jpg", "c.jpg"])
    #expect(found.entries.map(\.externalID) == [12, nil, -3])
    #expect(found.entries.map(\.split) == ["val", nil, "odd"])
    #expect(
      found.entries.map(\.references) == [
        ["A \"pond\",\r\nand ducks"], ["\"Hi\""], ["6\" of snow"],
      ])
    #expect(found.entries.map(\.origin.place) == [.line(2), .line(4), .line(6)])
  }

  @Test func otherSeparators() throws {
    let tab = UInt8(ascii: "\t")
    #expect(try contents("image\tcaption\na\tA, b\n", .csv, separator: tab)["a"] == ["A, b"])
    #expect {
      try contents("image\tcaption\na\tA, b\n", .csv)
    } throws: {
      "\($0)".hasPrefix("d: line 1: the heading has no column “image” or none “caption”")
    }
  }

  @Test func aFirstLineThatNamesTheSeparator() throws {
    let found = try contents("sep=;\r\nimage;caption\r\na;A, b;c\r\nb;=x\r\n", .csv)
    #expect(found["a"] == ["A, b;c"])
    #expect(found["b"] == ["=x"])
    #expect(
      found.sentences == [
        "d: line 3: broken row: the caption has separators and no quotes; read as one caption: "
          + "“A, b;c”"
      ])
    let tab = UInt8(ascii: "\t")
    #expect(
      try contents("sep=|\nimage|caption\na|A\tb\n", .csv, separator: tab)["a"] == ["A\tb"])
  }

  @Test func brokenRows() throws {
    let found = try contents(
      """
      image,id,caption
      a,1,Ducks, geese, swans.
      b,2
      c,x,A hill.
      d,4,"A road" with trees.
      """, .csv)
    #expect(found["a"] == ["Ducks, geese, swans."])
    #expect(found["b"] == nil)
    #expect(found["c"] == ["A hill."])
    #expect(found["d"] == ["A road with trees."])
    #expect(
      found.sentences == [
        "d: line 2: broken row: the caption has separators and no quotes; read as one caption: "
          + "“Ducks, geese, swans.”",
        "d: line 3: broken row: it has 2 cells where the heading has 3; left out: “b,2”",
        "d: line 4: broken row: its number is no integer; read without it",
        "d: line 5: broken row: text follows a closing quote; kept with the cell",
      ])
    // Where the caption is not the last column, nobody can tell what the surplus belongs to.
    #expect(try contents("caption,image\nA, b,a.jpg\n", .csv).entries.isEmpty)
  }

  /// As spreadsheets write rows whose last cells are empty.
  @Test func lastCellsThatAreMissing() throws {
    let found = try contents("image,caption,split,id\na,A pond.\nb,A hill.,dev\nc\n", .csv)
    #expect(found.entries.map(\.references) == [["A pond."], ["A hill."]])
    #expect(found.entries.map(\.split) == [nil, "val"])
    #expect(
      found.sentences == [
        "d: line 2: broken row: it has 2 cells where the heading has 4; read without the last ones",
        "d: line 3: broken row: it has 3 cells where the heading has 4; read without the last ones",
        "d: line 4: broken row: it has 1 cell where the heading has 4; left out: “c”",
      ])
  }

  @Test func aQuoteWithoutEndIsRefused() {
    #expect(
      throws: DatasetError.malformed(
        path: "d", place: .line(3),
        reason: "a double quote opens there and is never closed")
    ) { try contents("image,caption\na,A pond.\nb,\"A hill.\nc,A road.\n", .csv) }
  }

  /// As Hugging Face's `flickr_annotations_30k.csv` has them, and as pandas and NumPy write lists.
  @Test func listsOfCaptionsInACell() throws {
    let found = try contents(
      #"""
      raw,sentids,split,filename,img_id
      "[""A yellow disc ."", ""A green box .""]","[0, 1]",train,a.jpg,0
      "['A dog.', ""The dog's ball."", 'caf\xe9']","[2, 3, 4]",dev,b.jpg,1.0
      "['A road.'
       ""It's wet.""]","[5, 6]",test,c.jpg,2
      []," ",test,d.jpg,3
      """#, .csv)
    #expect(found["a.jpg"] == ["A yellow disc .", "A green box ."])
    #expect(found["b.jpg"] == ["A dog.", "The dog's ball.", "café"])
    #expect(found["c.jpg"] == ["A road.", "It's wet."])
    #expect(found.entries.map(\.split) == ["train", "val", "test"])
    #expect(found.entries.map(\.externalID) == [0, 1, 2])
    #expect(
      found.sentences.filter { !$0.contains("few references") } == [
        "d: line 6: photo without captions: “d.jpg” has no captions; left out"
      ])
  }

  /// As Hugging Face's `jxie/flickr8k` has them.
  @Test func numberedColumns() throws {
    let found = try contents(
      "image,caption_10,caption_2,caption_count\na.jpg,Ten.,Two.,2\nb.jpg,,A hill.,1\n", .csv)
    #expect(found["a.jpg"] == ["Two.", "Ten."])
    #expect(found["b.jpg"] == ["A hill."])
    #expect(found.problems.map(\.kind) == [])
  }

  @Test(
    arguments: [
      "caption,caption_2,caption_3", "caption,caption,caption", "Caption_1,caption2,captions_3",
    ])
  func severalColumnsOfCaptions(names: String) throws {
    #expect(
      try contents("image,\(names)\na.jpg,One.,Two.,Three.\n", .csv)["a.jpg"]
        == ["One.", "Two.", "Three."])
  }

  /// By itself “ß…” in Windows-1252, 0xDF 0x85, is a letter in UTF-8.
  @Test func linesOfUTF8AmongThoseOfWindows() throws {
    var bytes = Data("image,caption\n".utf8)
    for name in ["a", "b", "c", "d"] {
      bytes += Data("\(name),It".utf8) + [0x92] + Data("s wet\n".utf8)
    }
    bytes += Data("e,Žofie – koťě\nf,Spa".utf8) + [0xDF, 0x85] + Data("\ng,20 €\n".utf8)
    let found = try DatasetContents(data: bytes, name: "d", format: .csv)
    #expect(
      found.entries.flatMap(\.references) == [
        "It’s wet", "It’s wet", "It’s wet", "It’s wet", "Žofie – koťě", "Spaß…", "20 €",
      ])
    #expect(
      found.problems.map(\.origin.place) == [.line(2), .line(3), .line(4), .line(5), .line(7)])
  }

  @Test func whatOnlyLooksLikeAListIsOneCaption() throws {
    let found = try contents(
      #"""
      filename,raw
      a.jpg,"[""A pond."", 3]"
      b.jpg,['A
      c.jpg,[A sign] reads stop
      """#, .csv)
    #expect(found["a.jpg"] == [#"["A pond.", 3]"#])
    #expect(
      found.sentences == [
        #"d: line 2: unread list: “["A pond.", 3]” of “a.jpg” looks like a list of captions, which "#
          + "cannot be read; kept as one caption",
        "d: line 3: unread list: “['A” of “b.jpg” looks like a list of captions, which cannot be "
          + "read; kept as one caption",
      ])
  }

  /// Kaggle's table of Flickr30k.
  @Test func barsBetweenColumns() throws {
    let found = try contents(
      "image_name| comment_number| comment\na.jpg| 0| Two men .\n", .csv,
      separator: UInt8(ascii: "|"))
    #expect(found["a.jpg"] == [" Two men ."])
  }

  @Test func bytesOfWindowsAreRead() throws {
    let found = try DatasetContents(
      data: Data("image,caption\na,A disc that".utf8) + [0x92] + Data("s red\nb,A box\n".utf8),
      name: "d", format: .csv)
    #expect(found["a"] == ["A disc that’s red"])
    #expect(found["b"] == ["A box"])
    #expect(
      found.sentences == [
        "d: line 2: other encoding: “a,A disc that’s red”: the byte 0x92 is not UTF-8 and was read "
          + "as “’” (Windows-1252)"
      ])
  }
}
