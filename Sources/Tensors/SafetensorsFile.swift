internal import CKernels
internal import Files
internal import Foundation
internal import SystemPackage

/// A memory-mapped safetensors file (huggingface/safetensors, "Format"): an eight-byte
/// little-endian header length, a JSON header, and the tensors' little-endian bytes.
///
/// The mapping is read-only; a tensor's bytes are read from disk when it is first asked
/// for. Offsets and sizes are checked once, on opening.
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
  private let mapping: FileMapping

  /// The format's own limit on its header, in bytes.
  private static let maximumHeader = 100_000_000

  /// - Throws: `WeightError.unreadable` if the file cannot be opened or mapped, `.malformed` if its
  ///   header is not that of a safetensors file or points outside it.
  public init(path: String) throws {
    self.path = path
    mapping = try Self.map(path)
    let file = mapping.bytes
    func malformed(_ reason: String) -> WeightError { .malformed(path: path, reason: reason) }
    guard file.count >= 8 else { throw malformed("it has \(file.count) bytes") }
    let headerCount = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard headerCount <= UInt64(min(file.count - 8, Self.maximumHeader)) else {
      throw malformed("its header claims \(headerCount) bytes")
    }
    let dataStart = 8 + Int(headerCount)
    let header = try? JSONSerialization.jsonObject(with: Data(file[8..<dataStart]))
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
        let size = Self.product(extents + [type.size]), offsets.count == 2, offsets[0] >= 0,
        offsets[0] <= offsets[1], offsets[1] <= file.count - dataStart,
        offsets[1] - offsets[0] == size
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
  ///   elements are not floating-point numbers.
  public func tensor(_ name: String, shape: Shape) throws -> Tensor {
    let tensor = try tensor(name)
    guard tensor.shape == shape else {
      throw WeightError.shape(path: path, name: name, expected: shape, found: tensor.shape)
    }
    return tensor
  }

  /// The tensor called `name` in its stored shape, widened or narrowed to single precision.
  ///
  /// - Throws: `WeightError.missing`; `.malformed` if the elements are not floating-point numbers.
  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name] else { throw WeightError.missing(path: path, name: name) }
    let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[entry.bytes])
    let count = entry.shape.count
    let elements: [Float]
    switch entry.type {
    case .float32:
      elements = [Float](unsafeUninitializedCapacity: count) { result, initialized in
        UnsafeMutableRawBufferPointer(result).copyMemory(from: bytes)
        initialized = count
      }
    case .float16:
      elements = HalfVector.values(bytes)
    case .bfloat16:
      elements = (0..<count).map {
        Float(
          bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) << 16)
      }
    case .float64:
      elements = (0..<count).map {
        Float(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self))
      }
    default:
      throw WeightError.malformed(
        path: path, reason: "tensor “\(name)” holds \(entry.type.rawValue), not real numbers")
    }
    return Tensor(entry.shape, elements)
  }

  /// A matrix of which rows are read when they are asked for.
  ///
  /// - Throws: `WeightError` as `tensor(_:shape:)`.
  package func matrix(_ name: String, rows: Int, columns: Int) throws -> StoredMatrix {
    guard let entry = entries[name], entry.type == .float16, entry.shape == [rows, columns] else {
      return StoredMatrix(try tensor(name, shape: [rows, columns]))
    }
    return StoredMatrix(
      file: self, halves: UnsafeRawBufferPointer(rebasing: mapping.bytes[entry.bytes]), rows: rows,
      columns: columns)
  }

  /// - Throws: `WeightError.unreadable`.
  private static func map(_ path: String) throws -> FileMapping {
    func unreadable(_ reason: String) -> WeightError { .unreadable(path: path, reason: reason) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    do throws(FileMapping.Failure) {
      return try FileMapping(descriptor: descriptor)
    } catch {
      switch error {
      case .notAFile: throw unreadable("it is not a file")
      case .system(let code): throw unreadable(String(cString: strerror(code)))
      }
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
