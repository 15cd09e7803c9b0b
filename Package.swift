// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift target of this package, with the settings that all of them share.
func library(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil
) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: ["TestSupport"] + dependencies, swiftSettings: strict)
}

/// Paths as the system has them: bytes, not necessarily valid text.
let filePaths = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let algorithms = Target.Dependency.product(name: "Algorithms", package: "swift-algorithms")

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
  name: "caption",
  products: [
    .library(name: "Captioning", targets: ["Captioning"]),
    .library(name: "Sentiment", targets: ["Sentiment"]),
    .library(name: "CaptionTraining", targets: ["CaptionTraining"]),
    .executable(name: "caption", targets: ["caption"]),
    .executable(name: "caption-bench", targets: ["caption-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(
      name: "CImageCodecs",
      linkerSettings: ["jpeg", "png16", "webp", "webpdemux", "heif", "z"].map { .linkedLibrary($0) }
    ),
    .target(
      name: "CImageMetadata",
      linkerSettings: ["exiv2", "z"].map { .linkedLibrary($0) } + [
        .linkedLibrary("iconv", .when(platforms: [.macOS]))
      ]),
    .target(name: "CFiles"),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m")]),
    library("Files", ["CFiles", "CLibcrypto", filePaths]),
    library("Tensors", ["CKernels", "COpenBLAS", "Files", filePaths]),
    library("NeuralNet", ["Files", "Tensors"]),
    library("Language", ["Files"]),
    library("ModelFiles", ["Files", filePaths]),
    library("Metrics", ["Files", "Language", algorithms]),
    library("Imaging", ["CImageCodecs", "Files", "Tensors", filePaths]),
    library("Figures", ["Imaging"]),
    library(
      "Captioning",
      [
        "Files", "NeuralNet", "Tensors", "Figures", "Imaging", "Language", "ModelFiles", filePaths,
      ]),
    library("Training", ["Files", "NeuralNet", "Tensors", filePaths]),
    library(
      "Sentiment", ["Files", "NeuralNet", "Tensors", "Language", "ModelFiles", "Training"]),
    library("PhotoMetadata", ["CImageMetadata", "Files", "Imaging", filePaths, algorithms]),
    library(
      "Store",
      ["Files", "Tensors", filePaths, grdb, algorithms]),
    library(
      "CaptionTraining",
      [
        "Captioning", "Datasets", "Figures", "Files", "Imaging", "Language", "Metrics",
        "ModelFiles", "NeuralNet", "Tensors", "Training", filePaths, algorithms,
      ]),
    library("PhotoFinding", ["Files", filePaths]),
    library("Datasets", ["Files", "Imaging", "PhotoFinding", filePaths]),
    library(
      "Batch",
      [
        "Captioning", "Files", "Imaging", "Language", "ModelFiles", "PhotoFinding",
        "PhotoMetadata", "Store", filePaths, algorithms,
      ]),
    // In the code, so that the program stays one file.
    library(
      "Gallery", ["Files", "Imaging", "Store", "Tensors", filePaths, algorithms],
      resources: ["page.html", "page.css", "page.js", "report.html", "report.css", "sentiment.css"]
        .map {
          .embedInCode($0)
        }),
    library(
      "Evaluation",
      ["Figures", "Files", "Gallery", "Language", "Metrics", "Store"]),
    .executableTarget(
      name: "caption",
      dependencies: [
        "Batch", "CaptionTraining", "Captioning", "Datasets", "Evaluation", "Figures", "Files",
        "Gallery", "Imaging", "Language", "Metrics", "ModelFiles", "NeuralNet", "PhotoFinding",
        "PhotoMetadata", "Sentiment", "Store", "Tensors", "Training", filePaths,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"), algorithms,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "caption-bench",
      dependencies: [
        "CaptionTraining", "Captioning", "Files", "Imaging", "Language", "Metrics", "ModelFiles",
        "NeuralNet", "Sentiment", "Store", "Tensors", filePaths, grdb,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    library(
      "Fuzzing",
      [
        "Batch", "CaptionTraining", "Captioning", "Datasets", "Files", "Imaging", "Language",
        "ModelFiles", "NeuralNet", "PhotoMetadata", "Sentiment", "Store", "Tensors", "Training",
        filePaths, grdb,
      ]),
    .target(
      name: "TestSupport", dependencies: ["Store", "Tensors", grdb], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("FilesTests", ["Files", filePaths]),
    tests("TensorsTests", ["Tensors"]),
    tests("NeuralNetTests", ["NeuralNet", "Tensors"]),
    tests("LanguageTests", ["Language"]),
    tests("MetricsTests", ["Metrics", "Language"]),
    tests("ImagingTests", ["Files", "Imaging", "Tensors"]),
    tests("FiguresTests", ["Figures", "Imaging"]),
    tests("ModelFilesTests", ["ModelFiles"]),
    tests(
      "CaptioningTests",
      ["Captioning", "NeuralNet", "Imaging", "Language", "ModelFiles", "Tensors"]),
    tests("TrainingTests", ["Files", "Training", "NeuralNet", "Tensors", filePaths]),
    tests(
      "SentimentTests", ["Sentiment", "Language", "ModelFiles", "NeuralNet", "Tensors", "Training"]),
    tests(
      "CaptionTrainingTests",
      [
        "CaptionTraining", "Captioning", "Figures", "Imaging", "Language", "Metrics", "ModelFiles",
        "NeuralNet",
        "Tensors", "Training", filePaths,
      ]),
    tests("PhotoMetadataTests", ["Files", "PhotoMetadata", "Imaging", "Tensors", filePaths]),
    tests("PhotoFindingTests", ["PhotoFinding", filePaths]),
    tests("DatasetsTests", ["Datasets", "Files", "Imaging", filePaths]),
    tests("StoreTests", ["Files", "Store", "Tensors", filePaths, grdb]),
    tests(
      "BatchTests",
      ["Batch", "Files", "Captioning", "Imaging", "PhotoMetadata", "Store", filePaths]),
    tests("EvaluationTests", ["Evaluation", "Figures", "Files", "Gallery", "Metrics", "Store"]),
    tests("FuzzingTests", ["Fuzzing", "Imaging"]),
    tests("GalleryTests", ["Files", "Gallery", "Imaging", "Store", filePaths]),
    tests(
      "CommandTests",
      [
        "caption", "CaptionTraining", "Captioning", "Files", "Imaging", "PhotoMetadata",
        "Sentiment",
        "Store", "Tensors", "Training", filePaths, grdb,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx14
)

// libFuzzer brings its own `main`, so that this target links only where it is asked for:
// see Scripts/fuzz.
if Context.environment["CAPTION_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "caption-fuzz", dependencies: ["Fuzzing"],
      swiftSettings: strict))
}
