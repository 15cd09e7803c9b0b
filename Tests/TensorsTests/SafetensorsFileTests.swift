import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsFileTests {
  /// A file with the given header text and data bytes.
  private func file(_ header: String, _ data: [UInt8] = [], claiming count: UInt64? = nil) throws
    -> TemporaryFile
  {
    var bytes = Data()
    withUnsafeBytes(of: (count ?? UInt64(header.utf8.count)).littleEndian) {
      bytes.append(contentsOf: $0)
    }
    bytes.append(contentsOf: header.utf8)
    bytes.append(contentsOf: data)
    return try TemporaryFile(bytes)
  }

  // from safetensors.numpy import save; import numpy as np
  // save({"a": np.array([[1, -2.5], [65504, 6e-8]], np.float16), "b": np.array([3], np.float32)})
  private let written: [UInt8] = Array(
    """
    {"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
    "a":{"dtype":"F16","shape":[2,2],"data_offsets":[4,12]}}
    """.utf8)

  @Test func `reads halves and singles that the safetensors package wrote`() throws {
    let file = try file(
      String(decoding: written, as: UTF8.self),
      [0, 0, 0x40, 0x40, 0x00, 0x3C, 0x00, 0xC1, 0xFF, 0x7B, 0x01, 0x00])
    let weights = try SafetensorsFile(path: file.path)
    #expect(
      try weights.tensor("a", shape: [2, 2]).elements == [1, -2.5, 65504, 0x1p-24])
    #expect(try weights.tensor("b", shape: [1]).elements == [3])
    #expect(weights.contains("a") && !weights.contains("c"))
  }

  @Test func `what is written is read back, in both precisions`() throws {
    let tensors = ["x": randomTensor([3, 5], seed: 1), "y": Tensor([0], []), "z": Tensor([], [7])]
    for precision in [StoredPrecision.float32, .float16] {
      let file = try TemporaryFile(Data())
      try writeSafetensors(tensors, to: file.path, precision: precision, metadata: ["by": "test"])
      let read = try SafetensorsFile(path: file.path)
      #expect(read.metadata == ["by": "test"])
      for (name, tensor) in tensors {
        let found = try read.tensor(name, shape: tensor.shape)
        if precision == .float32 { #expect(found == tensor) }
        // Half precision keeps eleven significant bits.
        for (a, b) in zip(found.elements, tensor.elements) { #expect(abs(a - b) <= 0x1p-11) }
      }
    }
  }

  @Test func `a missing tensor or another shape is named`() throws {
    let file = try TemporaryFile(Data())
    try writeSafetensors(["x": Tensor([2], [1, 2])], to: file.path)
    let reader = WeightReader(try SafetensorsFile(path: file.path))
    #expect(throws: WeightError.missing(path: file.path, name: "layer1.x")) {
      try reader["layer1"].tensor("x", [2])
    }
    #expect(
      throws: WeightError.shape(path: file.path, name: "x", expected: [3], found: [2])
    ) { try reader.tensor("x", [3]) }
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
    #"{"a":{"dtype":"F7","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":7}"#, "[1]", "{", "",
  ])
  func `a header that lies is refused`(header: String) throws {
    let file = try file(header, [0, 0, 0, 0])
    #expect(throws: WeightError.self) { try SafetensorsFile(path: file.path) }
  }

  @Test func `a header longer than the file, and files too short for one, are refused`() throws {
    for count in [100, UInt64.max, UInt64(Int64.max)] {
      let file = try file("{}", claiming: count)
      #expect(throws: WeightError.self) { try SafetensorsFile(path: file.path) }
    }
    for bytes in [Data(), Data([1, 2, 3])] {
      let file = try TemporaryFile(bytes)
      #expect(throws: WeightError.self) { try SafetensorsFile(path: file.path) }
    }
  }

  @Test func `a missing file and a folder are refused by name`() {
    #expect(
      throws: WeightError.unreadable(path: "/nowhere", reason: "No such file or directory")
    ) { try SafetensorsFile(path: "/nowhere") }
    #expect(throws: WeightError.unreadable(path: "/tmp", reason: "it is not a file")) {
      try SafetensorsFile(path: "/tmp")
    }
  }
}
