/// The number that bytes spell, the nearest that a `Float` can be, as `strtof` has it; nil where
/// they spell none.
///
/// The usual numbers, of at most 15 digits, are computed after Clinger, “How to read floating point
/// numbers accurately” (PLDI 1990): an exact integer times or by an exact power of ten is the
/// nearest `Double`, and the nearest `Float` to that is the nearest to the number, unless the
/// `Double` lies just between two of them. All others are left to the standard library.
func decimalNumber(_ bytes: Slice<UnsafeRawBufferPointer>) -> Float? {
  let (zero, nine) = (UInt8(ascii: "0"), UInt8(ascii: "9"))
  var position = bytes.startIndex
  let end = bytes.endIndex
  var isNegative = false
  if position < end, case let sign = bytes[position],
    sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
  {
    isNegative = sign == UInt8(ascii: "-")
    position += 1
  }
  var significand: UInt64 = 0
  var (digits, exponent) = (0, 0)
  var hasPoint = false
  while position < end {
    let byte = bytes[position]
    if byte >= zero, byte <= nine {
      significand = significand &* 10 &+ UInt64(byte &- zero)
      digits &+= 1
      if hasPoint { exponent &-= 1 }
    } else if byte == UInt8(ascii: "."), !hasPoint {
      hasPoint = true
    } else {
      break
    }
    position += 1
  }
  if position + 1 < end, digits > 0, bytes[position] | 0x20 == UInt8(ascii: "e") {
    position += 1
    let sign = bytes[position]
    let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
    if isSigned { position += 1 }
    let start = position
    var power = 0
    while position < end, position - start < 4, case let byte = bytes[position], byte >= zero,
      byte <= nine
    {
      power = power * 10 + Int(byte - zero)
      position += 1
    }
    guard position > start else { return nil }
    exponent += sign == UInt8(ascii: "-") ? -power : power
  }
  guard position == end, digits > 0, digits <= 15, tens.indices.contains(abs(exponent)) else {
    return Float(String(decoding: bytes, as: UTF8.self))
  }
  let power = tens[abs(exponent)]
  let value = exponent < 0 ? Double(significand) / power : Double(significand) * power
  // A `Double` has 29 bits more than a `Float`; between two of them stand a one and zeros.
  let isBetween = value.bitPattern & 0x1FFF_FFFF == 0x1000_0000
  let isSubnormal = value != 0 && value < Double(Float.leastNormalMagnitude)
  guard !isBetween, !isSubnormal else { return Float(String(decoding: bytes, as: UTF8.self)) }
  return Float(isNegative ? -value : value)
}

/// The powers of ten that a `Double` holds exactly.
private let tens: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]
