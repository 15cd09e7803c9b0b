internal import CKernels

/// The inner loops of one instruction set. `best` is what everything uses; tests pass each of
/// `available`.
package struct Kernels: Sendable, CustomStringConvertible {
  /// Immutable memory of the C library, there for as long as the program runs.
  nonisolated(unsafe) let table: UnsafePointer<ck_kernels>

  /// The sets that this machine can run, from the plain one to the widest.
  package static let available: [Kernels] = (0..<ck_available_count()).map {
    Kernels(table: ck_available($0))
  }

  /// The widest set that this machine can run, or the one that the environment variable
  /// `CAPTION_KERNELS` names (`plain`, `avx2` or `avx512`) if this machine can run that one.
  package static let best = Kernels(table: ck_best())

  /// `plain`, `avx2` or `avx512`.
  package var description: String { String(cString: table.pointee.name) }

  /// Whether the machine has no set made for it.
  var isPlain: Bool { table == ck_available(0) }

  var vectorWidth: Int { table.pointee.vector_width }
  var panelWidth: Int { table.pointee.panel_width }
  var tileRows: Int { table.pointee.tile_rows }

  /// `count` rounded up to whole vectors.
  func wholeVectors(_ count: Int) -> Int {
    (count + vectorWidth - 1) / vectorWidth * vectorWidth
  }
}

extension Activation {
  /// What the activation clamps to; every activation here is a clamp.
  var bounds: (lower: Float, upper: Float) {
    switch self {
    case .none: (-.infinity, .infinity)
    case .relu: (0, .infinity)
    case .relu6: (0, 6)
    }
  }
}
