internal import Foundation

/// The numbers along a side of a chart: round ones, spanning all that is shown.
struct Axis {
  let ticks: [Double]
  private let decimals: Int

  /// - Parameters:
  ///   - values: what is to be shown; what `canShow` is false of is passed by.
  ///   - count: about how many intervals to make.
  init(showing values: some Sequence<Double>, count: Int) {
    let shown = values.filter(Self.canShow)
    let least = shown.min() ?? 0
    let most = max(shown.max() ?? 1, least)
    // Something to see where all values are the same, as far as numbers can tell.
    let isSpread = most - least > 1e-12 * max(abs(least), abs(most), 1e-280)
    let span = isSpread ? most - least : max(abs(most), 1)
    let step = Self.step(span / Double(max(1, count)))
    let first = (least / step).rounded(.down)
    let last = max((most / step).rounded(.up), first + 1)
    ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    decimals = max(0, -Int(log10(step * 1.0001).rounded(.down)))
  }

  /// Whether a value is a number that sums and differences of such numbers are numbers of, too.
  static func canShow(_ value: Double) -> Bool { abs(value) < 1e300 }

  var lowest: Double { ticks.first ?? 0 }
  var highest: Double { ticks.last ?? 1 }

  /// How far along the axis a value lies: 0 at its beginning, 1 at its end.
  func position(of value: Double) -> Double { (value - lowest) / (highest - lowest) }

  func label(_ tick: Double) -> String {
    // Not “-0.0”.
    let tick = tick == 0 ? 0 : tick
    // Learning rates have many zeros.
    let isLong = decimals > 5 || abs(lowest) >= 1e9 || abs(highest) >= 1e9
    return String(format: isLong ? "%g" : "%.\(decimals)f", tick)
  }

  /// 1, 2 or 5 times a power of ten, at least as large as `raw`.
  private static func step(_ raw: Double) -> Double {
    let power = pow(10, log10(raw).rounded(.down))
    for factor in [1.0, 2, 5] where factor * power >= raw * 0.999 { return factor * power }
    return 10 * power
  }
}
