import Captioning
import Imaging
import TestSupport
import Testing

@Suite struct AttentionFigureTests {
  private let photo = RGBImage(
    width: 60, height: 40, pixels: [UInt8](repeating: 100, count: 60 * 40 * 3))
  private let whole = ImagePreprocessor(
    PreprocessingConfiguration(
      width: 8, height: 8, geometry: .stretch, mean: [0, 0, 0], std: [1, 1, 1])
  ).view(of: ImageSize(width: 60, height: 40))

  private func figure(_ panels: [AttentionFigure.Panel]) throws -> RGBImage {
    try AttentionFigure.draw(
      photo: photo, view: whole, gridHeight: 2, gridWidth: 2, panels: panels)
  }

  /// The brightness of a pixel.
  private func brightness(_ image: RGBImage, _ x: Int, _ y: Int) -> Int {
    Int(image.pixels[3 * (y * image.width + x)])
  }

  @Test func `a panel is bright where the attention lies`() throws {
    let figure = try figure([.init(word: "left", weights: [0.5, 0, 0.5, 0])])
    // Two columns: the photo, then the word's panel, 240 pixels wide from 20 + 240 + 14 on.
    #expect(figure.width == 2 * 20 + 2 * 240 + 14)
    let (left, right, middle) = (274 + 10, 274 + 230, 20 + 80)
    #expect(brightness(figure, left, middle) > 150)
    #expect(brightness(figure, right, middle) < 40)
    #expect(brightness(figure, 20 + 120, middle) == 100)
  }

  @Test func `the word stands under its panel in black on white`() throws {
    let figure = try figure([.init(word: "dog", weights: [1, 0, 0, 0])])
    let label = (20 + 160)..<(20 + 160 + 34)
    let dark = label.contains { y in (274..<514).contains { brightness(figure, $0, y) < 64 } }
    let underPhoto = label.contains { y in (20..<260).contains { brightness(figure, $0, y) < 255 } }
    #expect(dark)
    #expect(!underPhoto)
  }

  @Test func `a word wider than its panel is cut off inside it`() throws {
    let word = String(repeating: "w", count: 200)
    let figure = try figure([.init(word: word, weights: [1, 0, 0, 0])])
    for y in (20 + 160)..<figure.height {
      for x in Array(20..<272) + Array(516..<figure.width) {
        #expect(brightness(figure, x, y) == 255)
      }
    }
  }

  @Test func `a long photo in a letterbox has white above and below, and takes little memory`()
    throws
  {
    let size = ImageSize(width: 100_000, height: 250)
    let view = ImagePreprocessor(
      PreprocessingConfiguration(
        width: 400, height: 400, geometry: .letterbox, mean: [0, 0, 0], std: [1, 1, 1])
    ).view(of: size)
    let figure = try AttentionFigure.draw(
      photo: RGBImage(
        width: size.width, height: size.height,
        pixels: [UInt8](repeating: 100, count: size.width * size.height * 3)),
      view: view, gridHeight: 1, gridWidth: 1, panels: [])
    // A square panel of 240 pixels; the photo is row 199 of the network's 400.
    #expect(figure.height == 2 * 20 + 240 + 34)
    for y in 20..<260 {
      #expect(brightness(figure, 20 + 120, y) == (y == 20 + 119 ? 100 : 255))
    }
  }

  @Test func `level attention leaves the panel dark everywhere`() throws {
    let figure = try figure([.init(word: "the", weights: [0.25, 0.25, 0.25, 0.25])])
    #expect(brightness(figure, 274 + 120, 20 + 80) == 25)
  }
}
