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

  @Test func `as many values as memory would be wasted on are refused`() throws {
    let ones = String(repeating: "1,", count: 300_000)
    let file = try file(#"{"a":{"dtype":"F32","shape":["# + ones + #"1],"data_offsets":[0,4]}}"#)
    #expect(
      throws: WeightError.malformed(
        path: file.path, reason: "its header has more than 262144 values")
    ) { try SafetensorsFile(path: file.path) }
  }

  private static let notFinite: [(type: String, bytes: [UInt8])] = {
    var cases: [(type: String, bytes: [UInt8])] = []
    cases.append(("F16", [0x00, 0x7C]))
    cases.append(("F16", [0x01, 0xFE]))
    cases.append(("BF16", [0x80, 0x7F]))
    cases.append(("BF16", [0xC0, 0xFF]))
    cases.append(("F32", [0, 0, 0x80, 0xFF]))
    cases.append(("F32", [0, 0, 0xC0, 0x7F]))
    cases.append(("F64", [0, 0, 0, 0, 0, 0, 0xF0, 0x7F]))
    // 1e300, which single precision does not hold.
    cases.append(("F64", [0x9C, 0x75, 0x00, 0x88, 0x3C, 0xE4, 0x37, 0x7E]))
    return cases
  }()

  @Test(arguments: notFinite)
  func `numbers that are not finite are refused, with the tensor's name`(
    _ type: String, _ bytes: [UInt8]
  ) throws {
    let zeros = [UInt8](repeating: 0, count: 20 * bytes.count)
    let file = try file(
      #"{"a":{"dtype":"\#(type)","shape":[21],"data_offsets":[0,\#(21 * bytes.count)]}}"#,
      zeros + bytes)
    let weights = try SafetensorsFile(path: file.path)
    let error = WeightError.notFinite(path: file.path, name: "a")
    #expect(throws: error) { try weights.tensor("a", shape: [21]) }
    #expect("\(error)" == "\(file.path): tensor “a” holds numbers that are not finite")
  }

  @Test func `a file that became shorter since it was opened is refused`() throws {
    let file = try TemporaryFile(Data())
    try writeSafetensors(["x": Tensor(repeating: 1, [5_000])], to: file.path)
    let weights = try SafetensorsFile(path: file.path)
    let handle = try FileHandle(forWritingTo: URL(filePath: file.path))
    try handle.truncate(atOffset: 10_000)
    #expect(
      throws: WeightError.unreadable(
        path: file.path, reason: "it became shorter while it was read")
    ) { try weights.tensor("x", shape: [5_000]) }
  }

  @Test func `a missing file and a folder are refused by name`() {
    #expect(
      throws: WeightError.unreadable(path: "/nowhere", reason: "No such file or directory")
    ) { try SafetensorsFile(path: "/nowhere") }
    #expect(throws: WeightError.unreadable(path: "/tmp", reason: "it is a folder, not a file")) {
      try SafetensorsFile(path: "/tmp")
    }
  }
}
