public import Files

/// What can be wrong with what a user asks of a network.
public enum NetworkError: Failure, Equatable {
  case tooSmall(
    height: Int, width: Int, minimumHeight: Int, minimumWidth: Int)
  case otherSize(height: Int, width: Int, onlyHeight: Int, onlyWidth: Int)
  case noLayer(String, layers: [String])

  public var parts: FailureParts {
    switch self {
    case .tooSmall(let height, let width, let minimumHeight, let minimumWidth):
      .init(
        .badData,
        """
        the image encoder needs at least \(minimumWidth)×\(minimumHeight) pixels, \
        got \(width)×\(height)
        """)
    case .otherSize(let height, let width, let onlyHeight, let onlyWidth):
      .init(
        .badData,
        """
        the image encoder takes images of \(onlyWidth)×\(onlyHeight) pixels only, \
        got \(width)×\(height)
        """)
    case .noLayer(let name, let layers):
      .init(
        .usage,
        """
        the image encoder has no layer “\(name)”; its layers are \
        \(layers.joined(separator: ", "))
        """)
    }
  }
}
