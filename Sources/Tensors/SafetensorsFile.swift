internal import CKernels
internal import Files
internal import Foundation
internal import SystemPackage

/// An open safetensors file (huggingface/safetensors, "Format"): an eight-byte little-endian header
/// length, a JSON header, and the tensors' little-endian bytes.
///
/// A tensor's bytes are read from disk when it is asked for. Offsets and sizes are checked once, on
/// opening.
public final class SafetensorsFile: WeightSource {
  /// How a stored tensor's elements are encoded.
  public enum ElementType: String, Sendable {
    case float16 = "F16"
    case bfloat16 = "BF16"
    case float32 = "F32"
    case float64 = "F64"
    case int8 = "I8"
    case uint8 = "U8"
    case bool = "BOOL"
    case int16 = "I16"
    case uint16 = "U16"
    case int32 = "I32"
    case uint32 = "U32"
    case int64 = "I64"
    case uint64 = "U64"

    /// Bytes an element.
    public var size: Int {
      switch self {
      case .int8, .uint8, .bool: 1
      case .float16, .bfloat16, .int16, .uint16: 2
      case .float32, .int32, .uint32: 4
      case .float64, .int64, .uint64: 8
      }
    }
  }

  /// What the header says of one tensor.
  public struct Entry: Sendable {
    public let type: ElementType
    public let shape: Shape
    /// Where its bytes stand in the file.
    fileprivate let bytes: Range<Int>
  }

  public let path: String
  public let entries: [String: Entry]
  /// The header's `__metadata__`: free text by key.
  public let metadata: [String: String]
  private let file: RegularFile

  /// The format's own limit on its header, in bytes.
  private static let maximumHeader = 100_000_000
  /// How many commas a header may have, of which a tensor's entry takes about six. Each value in
  /// between would cost some hundred bytes of memory, however short it is written.
  private static let maximumCommas = 1 << 18

  /// - Throws: `WeightError.unreadable` if the file cannot be opened or read, `.malformed` if its
  ///   header is not that of a safetensors file or points outside it.
  public init(path: String) throws {
    self.path = path
    let file = try Self.reading(path) { () throws(RegularFile.Failure) in
      try RegularFile(path: path)
    }
    self.file = file
    let size = file.size
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
      try Self.reading(path) { () throws(RegularFile.Failure) in try file.bytes(range) }
    }
    func malformed(_ reason: String) -> WeightError { .malformed(path: path, reason: reason) }
    guard size >= 8 else { throw malformed("it has \(size) bytes") }
    let headerCount = try bytes(0..<8).withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard headerCount <= UInt64(min(size - 8, Self.maximumHeader)) else {
      throw malformed("its header claims \(headerCount) bytes")
    }
    let dataStart = 8 + Int(headerCount)
    let text = try bytes(8..<dataStart)
    guard text.count(where: { $0 == UInt8(ascii: ",") }) <= Self.maximumCommas else {
      throw malformed("its header has more than \(Self.maximumCommas) values")
    }
    let header = try? JSONSerialization.jsonObject(with: Data(text))
    guard let header = header as? [String: Any] else {
      throw malformed("its header is not a JSON object")
    }
    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]
    for (name, value) in header {
      if name == "__metadata__" {
        metadata = value as? [String: String] ?? [:]
        continue
      }
      guard let entry = value as? [String: Any], let typeName = entry["dtype"] as? String,
        let extents = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int]
      else { throw malformed("the header's entry “\(name)” is incomplete") }
      guard let type = ElementType(rawValue: typeName) else {
        throw malformed("tensor “\(name)” has the unknown type \(typeName)")
      }
      guard
        let count = Self.product(extents + [type.size]), offsets.count == 2, offsets[0] >= 0,
        offsets[0] <= offsets[1], offsets[1] <= size - dataStart,
        offsets[1] - offsets[0] == count
      else { throw malformed("tensor “\(name)” does not fit its place in the file") }
      entries[name] = Entry(
        type: type, shape: Shape(extents),
        bytes: (dataStart + offsets[0])..<(dataStart + offsets[1]))
    }
    self.entries = entries
    self.metadata = metadata
  }

  /// The product of sizes from a file; nil where one is negative or the product overflows.
  private static func product(_ factors: [Int]) -> Int? {
    var result = 1
    for factor in factors {
      let (partial, overflow) = result.multipliedReportingOverflow(by: factor)
      guard factor >= 0, !overflow else { return nil }
      result = partial
    }
    return result
  }

  public func shape(of name: String) -> Shape? {
    entries[name]?.shape
  }

  public func contains(_ name: String) -> Bool {
    entries[name] != nil
  }

  /// - Throws: `WeightError.missing`; `.shape` if the stored shape is another; `.malformed` if the
  ///   elements are not floating-point numbers; `.notFinite`; `.unreadable`.
  public func tensor(_ name: String, shape: Shape) throws -> Tensor {
    let entry = try entry(name)
    guard entry.shape == shape else {
      throw WeightError.shape(path: path, name: name, expected: shape, found: entry.shape)
    }
    return try tensor(name)
  }

  /// The tensor called `name` in its stored shape, widened or narrowed to single precision.
  ///
  /// - Throws: `WeightError.missing`; `.malformed` if the elements are not floating-point numbers;
  ///   `.notFinite`; `.unreadable`.
  public func tensor(_ name: String) throws -> Tensor {
    let entry = try entry(name)
    let elements = try elements(of: entry, name)
    // An activation that cuts off great numbers would make others of them without a trace.
    guard elements.areFinite else { throw WeightError.notFinite(path: path, name: name) }
    return Tensor(entry.shape, elements)
  }

  private func elements(of entry: Entry, _ name: String) throws -> [Float] {
    let count = entry.shape.count
    switch entry.type {
    case .float32:
      return try [Float](unsafeUninitializedCapacity: count) { result, initialized in
        try Self.reading(path) { () throws(RegularFile.Failure) in
          try file.read(at: entry.bytes.lowerBound, into: UnsafeMutableRawBufferPointer(result))
        }
        initialized = count
      }
    case .float16:
      return try bytes(entry.bytes).withUnsafeBytes(HalfVector.values)
    case .bfloat16:
      return try bytes(entry.bytes).withUnsafeBytes { bytes in
        (0..<count).map {
          Float(
            bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) << 16)
        }
      }
    case .float64:
      return try bytes(entry.bytes).withUnsafeBytes { bytes in
        (0..<count).map { Float(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self)) }
      }
    default:
      throw WeightError.malformed(
        path: path, reason: "tensor “\(name)” holds \(entry.type.rawValue), not real numbers")
    }
  }

  /// A matrix that stays in half precision where the file has it so.
  ///
  /// - Throws: `WeightError` as `tensor(_:shape:)`.
  package func matrix(_ name: String, rows: Int, columns: Int) throws -> StoredMatrix {
    guard let entry = entries[name], entry.type == .float16, entry.shape == [rows, columns] else {
      return StoredMatrix(try tensor(name, shape: [rows, columns]))
    }
    let halves = try bytes(entry.bytes)
    guard halves.withUnsafeBytes(HalfVector.areFinite) else {
      throw WeightError.notFinite(path: path, name: name)
    }
    return StoredMatrix(halves: halves, rows: rows, columns: columns)
  }

  private func entry(_ name: String) throws -> Entry {
    guard let entry = entries[name] else { throw WeightError.missing(path: path, name: name) }
    return entry
  }

  private func bytes(_ range: Range<Int>) throws -> [UInt8] {
    try Self.reading(path) { () throws(RegularFile.Failure) in try file.bytes(range) }
  }

  /// - Throws: `WeightError.unreadable`.
  private static func reading<Value>(
    _ path: String, _ read: () throws(RegularFile.Failure) -> Value
  ) throws -> Value {
    do {
      return try read()
    } catch {
      throw WeightError.unreadable(path: path, reason: "\(error)")
    }
  }
}

/// How a safetensors file that we write stores its numbers.
public enum StoredPrecision: Sendable {
  case float16, float32
}

/// Writes tensors, sorted by name, as a safetensors file that replaces `path` at once or not at
/// all.
///
/// - Throws: `FileFailure`.
public func writeSafetensors(
  _ tensors: [String: Tensor], to path: String, precision: StoredPrecision = .float32,
  metadata: [String: String] = [:]
) throws {
  let type: SafetensorsFile.ElementType = precision == .float16 ? .float16 : .float32
  let sorted = tensors.sorted { $0.key < $1.key }
  var header: [String: Any] = [:]
  if !metadata.isEmpty { header["__metadata__"] = metadata }
  var offset = 0
  for (name, tensor) in sorted {
    let end = offset + tensor.shape.count * type.size
    header[name] = [
      "dtype": type.rawValue, "shape": tensor.shape.extents, "data_offsets": [offset, end],
    ]
    offset = end
  }
  var json = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
  // Spaces after the header align the data to eight bytes, as the format recommends.
  json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
  try replaceFile(at: FilePath(path)) { file in
    try withUnsafeBytes(of: UInt64(json.count).littleEndian) { try file.write($0) }
    try json.withUnsafeBytes { try file.write($0) }
    for (_, tensor) in sorted {
      switch precision {
      case .float32: try tensor.elements.withUnsafeBytes { try file.write($0) }
      case .float16:
        let half = [UInt16](unsafeUninitializedCapacity: tensor.elements.count) { result, count in
          if let target = result.baseAddress {
            ck_float_to_half(tensor.elements, target, tensor.elements.count)
          }
          count = tensor.elements.count
        }
        try half.withUnsafeBytes { try file.write($0) }
      }
    }
  }
}
