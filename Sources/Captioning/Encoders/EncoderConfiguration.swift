public import Imaging

/// A model bundle's "encoder": which network makes features of images.
public struct EncoderConfiguration: Codable, Hashable, Sendable {
  /// A name of `names`, or `resnet`, for which `block` and `layers` say the rest.
  public var architecture: String
  /// For `resnet`: `basic` or `bottleneck`.
  public var block: String?
  /// For `resnet`: how many blocks each stage has.
  public var layers: [Int]?
  /// For residual networks: the channels of the first convolution; 64 if nil.
  public var width: Int?
  /// The channels of the feature map; checked against the network if given.
  public var channels: Int?
  /// What the decoder was trained on.
  public var output: EncoderOutput?
  /// What batch normalisation adds to the variance; the architecture's own if nil.
  public var batchNormalizationEpsilon: Double?
  /// For `googlenet` and `inception_v3`: whether the weights expect values of mean 0.5 and
  /// deviation 0.5, and images normalised with ImageNet's constants must be converted. True for
  /// torchvision's pretrained weights.
  public var transformInput: Bool?

  enum CodingKeys: String, CodingKey {
    case architecture, block, layers, width, channels, output
    case batchNormalizationEpsilon = "batch_norm_epsilon"
    case transformInput = "transform_input"
  }

  public init(architecture: String) {
    self.architecture = architecture
  }

  /// The configuration of a network by its name: torchvision's where that has it.
  ///
  /// - Throws: `CaptioningError.configuration` if `names` has no such name.
  public static func named(_ name: String) throws -> EncoderConfiguration {
    guard byName[name] != nil else { throw unknown(name) }
    return EncoderConfiguration(architecture: name)
  }

  /// The names for `named`, sorted.
  public static var names: [String] { byName.keys.sorted() }

  /// The side of the square images that the network was made for, in pixels.
  public var imageSide: Int {
    switch architecture {
    case "lenet5": 32
    case "inception_v3": 299
    case "efficientnet_lite1": 240
    case "efficientnet_lite2": 260
    default: 224
    }
  }

  /// The side that an image's shorter side is resized to before a square of `imageSide` is cut from
  /// its centre (torchvision's presets; `CROP_PADDING` in TensorFlow's `efficientnet/preprocessing.py`).
  public var resizedSide: Int {
    switch architecture {
    case "lenet5": 32
    case "inception_v3": 342
    case _ where isEfficientNetLite: imageSide + 32
    default: 256
    }
  }

  private var isEfficientNetLite: Bool { architecture.hasPrefix("efficientnet_lite") }

  /// How published weights of the network expect images: the shorter side resized, the centre cut
  /// out; ImageNet's mean and deviation, but for EfficientNet-Lite (value − 127) / 128.
  public var preprocessing: PreprocessingConfiguration {
    PreprocessingConfiguration(
      width: imageSide, height: imageSide, geometry: .crop, resize: resizedSide,
      scale: isEfficientNetLite ? 1 : 1 / 255,
      mean: isEfficientNetLite ? [127, 127, 127] : imageNetMean,
      std: isEfficientNetLite ? [128, 128, 128] : imageNetDeviation)
  }

  /// One line that names the network, with the depth and width of a residual one.
  public var summary: String {
    guard architecture == "resnet" else { return architecture }
    let depth = (layers ?? []).map(String.init).joined(separator: "-")
    return "resnet of \(block ?? "?") blocks \(depth), width \(width ?? 64)"
  }

  private static let byName: [String: any EncoderArchitecture] = [
    "alexnet": AlexNet(),
    "efficientnet_lite0": EfficientNetLite(width: 1, depth: 1, dropout: 0.2),
    "efficientnet_lite1": EfficientNetLite(width: 1, depth: 1.1, dropout: 0.2),
    "efficientnet_lite2": EfficientNetLite(width: 1.1, depth: 1.2, dropout: 0.3),
    "googlenet": GoogLeNet(),
    "inception_v3": InceptionV3(),
    "lenet5": LeNet5(),
    "mobilenet_v2": MobileNetV2(),
    "resnet18": ResNet(block: .basic, layers: [2, 2, 2, 2]),
    "resnet34": ResNet(block: .basic, layers: [3, 4, 6, 3]),
    "resnet50": ResNet(block: .bottleneck, layers: [3, 4, 6, 3]),
    "resnet101": ResNet(block: .bottleneck, layers: [3, 4, 23, 3]),
    "resnet152": ResNet(block: .bottleneck, layers: [3, 8, 36, 3]),
    "squeezenet1_0": SqueezeNet(version: .one0),
    "squeezenet1_1": SqueezeNet(version: .one1),
    "vgg11": VGG(depth: .eleven, isNormalized: false),
    "vgg11_bn": VGG(depth: .eleven, isNormalized: true),
    "vgg13": VGG(depth: .thirteen, isNormalized: false),
    "vgg13_bn": VGG(depth: .thirteen, isNormalized: true),
    "vgg16": VGG(depth: .sixteen, isNormalized: false),
    "vgg16_bn": VGG(depth: .sixteen, isNormalized: true),
    "vgg19": VGG(depth: .nineteen, isNormalized: false),
    "vgg19_bn": VGG(depth: .nineteen, isNormalized: true),
  ]

  /// The largest stem and stage of a residual network that a configuration may ask for: limits that
  /// keep a damaged file from asking for all memory.
  private static let largestWidth = 1024
  private static let largestStage = 1000
  private static let mostStages = 6

  /// The network that this configures.
  ///
  /// - Throws: `CaptioningError.configuration` if there is none.
  func network() throws -> any EncoderArchitecture {
    func invalid(_ key: String, _ reason: String) -> CaptioningError {
      .configuration(key: "encoder.\(key)", reason: reason)
    }
    let width = self.width ?? 64
    guard (1...Self.largestWidth).contains(width) else {
      throw invalid("width", "is \(width), not a number from 1 to \(Self.largestWidth)")
    }
    var network: any EncoderArchitecture
    if architecture == "resnet" {
      guard let block = ResNet.Block(rawValue: block ?? "") else {
        throw invalid("block", "is “\(block ?? "")”, not “basic” or “bottleneck”")
      }
      guard let layers, (1...Self.mostStages).contains(layers.count),
        layers.allSatisfy((1...Self.largestStage).contains)
      else {
        throw invalid(
          "layers",
          "is \(layers ?? []), not up to \(Self.mostStages) numbers from 1 to \(Self.largestStage)")
      }
      network = ResNet(block: block, layers: layers, width: width)
    } else if let named = Self.byName[architecture] {
      network = named
      if let residual = named as? ResNet {
        network = ResNet(block: residual.block, layers: residual.layers, width: width)
      }
    } else {
      throw Self.unknown(architecture)
    }
    if let channels, channels != network.mapChannels {
      throw invalid("channels", "is \(channels), but the network's are \(network.mapChannels)")
    }
    if transformInput == true && network.imageChannels != imageNetMean.count {
      throw invalid("transform_input", "needs a network of colour images")
    }
    return network
  }

  /// ε of the network's batch normalisation.
  var normalizationEpsilon: Double {
    // torchvision's googlenet.py and inception.py, `efficientnet_lite_builder.py`; PyTorch's default
    // elsewhere.
    batchNormalizationEpsilon
      ?? (["googlenet", "inception_v3"].contains(architecture) || isEfficientNetLite
        ? 1e-3 : 1e-5)
  }

  private static func unknown(_ name: String) -> CaptioningError {
    .configuration(
      key: "encoder.architecture",
      reason: "is “\(name)”, not one of resnet, \(names.joined(separator: ", "))")
  }
}
