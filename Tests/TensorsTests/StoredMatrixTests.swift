import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct StoredMatrixTests {
  @Test(arguments: [StoredPrecision.float16, .float32])
  func `rows of a file are those of its tensor`(precision: StoredPrecision) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.safetensors"
    try writeSafetensors(
      ["odd": Tensor([1], [1]), "x": randomTensor([5, 7], seed: 1)], to: path,
      precision: precision)
    let file = try SafetensorsFile(path: path)
    let tensor = try file.tensor("x")
    let matrix = try file.matrix("x", rows: 5, columns: 7)
    for row in [4, 0, 2] {
      var found = [Float](repeating: 0, count: 7)
      matrix.copyRow(row, to: &found)
      #expect(found == Array(tensor.elements[row * 7..<(row + 1) * 7]))
    }
  }

  @Test(arguments: [StoredPrecision.float16, .float32])
  func `what becomes of the file later does not matter`(precision: StoredPrecision) throws {
    let file = try TemporaryFile(Data())
    try writeSafetensors(
      ["x": Tensor(repeating: 2, [3_000, 7])], to: file.path, precision: precision)
    let matrix = try SafetensorsFile(path: file.path).matrix("x", rows: 3_000, columns: 7)
    try FileHandle(forWritingTo: URL(filePath: file.path)).truncate(atOffset: 0)
    var found = [Float](repeating: 0, count: 7)
    matrix.copyRow(2_999, to: &found)
    #expect(found == [Float](repeating: 2, count: 7))
  }

  @Test func `halves that are not finite are refused`() throws {
    let file = try TemporaryFile(Data())
    for value in [Float.infinity, -.infinity, .nan] {
      var tensor = Tensor([9, 5])
      tensor.elements[43] = value
      try writeSafetensors(["x": tensor], to: file.path, precision: .float16)
      #expect(throws: WeightError.notFinite(path: file.path, name: "x")) {
        try SafetensorsFile(path: file.path).matrix("x", rows: 9, columns: 5)
      }
    }
  }

  @Test func `another shape is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.safetensors"
    try writeSafetensors(["x": Tensor([5, 7])], to: path, precision: .float16)
    let file = try SafetensorsFile(path: path)
    #expect(throws: WeightError.self) { try file.matrix("x", rows: 7, columns: 5) }
    #expect(throws: WeightError.self) { try file.matrix("y", rows: 7, columns: 5) }
  }
}
