// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift target of this package, with the settings that all of them share.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: ["TestSupport"] + dependencies, swiftSettings: strict)
}

let package = Package(
  name: "caption",
  products: [
    .library(name: "Captioning", targets: ["Captioning"]),
    .executable(name: "caption", targets: ["caption"]),
    .executable(name: "caption-bench", targets: ["caption-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(
      name: "CImageCodecs",
      linkerSettings: ["jpeg", "png16", "webp", "webpdemux", "heif"].map { .linkedLibrary($0) }),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m")]),
    library("Tensors", ["CKernels", "COpenBLAS"]),
    library("NeuralNet", ["Tensors"]),
    library("Language", []),
    library("Imaging", ["CImageCodecs", "Tensors"]),
    library("Captioning", ["NeuralNet", "Tensors", "Imaging", "Language"]),
    .executableTarget(
      name: "caption",
      dependencies: [
        "Captioning", "Imaging", "Language", "NeuralNet", "Tensors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "caption-bench",
      dependencies: [
        "Captioning", "Imaging", "NeuralNet", "Tensors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("TensorsTests", ["Tensors"]),
    tests("NeuralNetTests", ["NeuralNet", "Tensors"]),
    tests("LanguageTests", ["Language"]),
    tests("ImagingTests", ["Imaging", "Tensors"]),
    tests("CaptioningTests", ["Captioning", "NeuralNet", "Imaging", "Language", "Tensors"]),
    tests("CommandTests", ["caption", "Captioning", "Tensors"]),
  ],
  swiftLanguageModes: [.v6]
)
