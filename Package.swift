// swift-tools-version: 6.2
import PackageDescription

/// Settings shared by every Swift target of the package.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
]

let collections: Target.Dependency = .product(
  name: "OrderedCollections", package: "swift-collections")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "weightbench",
  products: [
    .library(
      name: "CompressionEngine",
      targets: [
        "Tensors", "NetworkGraph", "Operators", "ModelFormats", "Datasets", "ModelCompression",
        "Execution", "Gradients", "Evaluation", "Training",
      ]),
    .library(name: "TerminalCells", targets: ["TerminalCells"]),
    .executable(name: "weightbench", targets: ["weightbench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // C shims: the only files that include the foreign headers.
    .target(
      name: "CNcurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(
      name: "COneDNN",
      linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),
    .target(name: "CZip", linkerSettings: [.linkedLibrary("zip"), .linkedLibrary("z")]),
    .target(
      name: "CImages",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("turbojpeg")]),

    // The engine.
    .target(name: "Tensors", swiftSettings: strict),
    .target(
      name: "NetworkGraph", dependencies: ["Tensors", collections], swiftSettings: strict),
    .target(
      name: "Operators", dependencies: ["Tensors", "NetworkGraph", collections],
      swiftSettings: strict),
    .target(
      name: "ModelFormats", dependencies: ["Tensors", "NetworkGraph", "CZip", collections],
      swiftSettings: strict),
    .target(
      name: "Datasets",
      dependencies: ["Tensors", "NetworkGraph", "ModelFormats", "CZip", "CImages", yams],
      swiftSettings: strict),
    .target(
      name: "ModelCompression",
      dependencies: ["Tensors", "NetworkGraph", collections, yams],
      swiftSettings: strict),
    .target(
      name: "Execution",
      dependencies: ["Tensors", "NetworkGraph", "Operators", "COneDNN", collections],
      swiftSettings: strict),
    .target(
      name: "Gradients",
      dependencies: ["Tensors", "NetworkGraph", "Operators", "Execution", collections],
      swiftSettings: strict),
    .target(
      name: "Evaluation",
      dependencies: [
        "Tensors", "NetworkGraph", "Operators", "ModelFormats", "Datasets", "ModelCompression",
        "Execution", "Gradients", collections,
      ],
      swiftSettings: strict),
    .target(
      name: "Training",
      dependencies: [
        "Tensors", "NetworkGraph", "Operators", "ModelFormats", "Datasets", "ModelCompression",
        "Execution", "Gradients", "Evaluation", collections,
      ],
      swiftSettings: strict),

    // The screen.
    .target(name: "TerminalCells", dependencies: [yams], swiftSettings: strict),
    .target(
      name: "NcursesTerminal", dependencies: ["TerminalCells", "CNcurses"],
      swiftSettings: strict),
    .target(
      name: "WorkbenchCore",
      dependencies: [
        "Training", "Evaluation", "Tensors", "NetworkGraph", "Operators", "ModelFormats",
        "Datasets", "ModelCompression", "Execution", "TerminalCells", collections,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "weightbench",
      dependencies: [
        "WorkbenchCore", "NcursesTerminal", "TerminalCells", "Training", "Evaluation", "Tensors",
        "NetworkGraph", "Operators", "ModelFormats", "Datasets", "ModelCompression", "Execution",
        "Gradients", collections,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // Tests: one target per target.
    .target(
      name: "TestSupport", dependencies: ["Tensors", "NetworkGraph", "ModelFormats"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "NetworkGraphTests", dependencies: ["NetworkGraph", "Tensors", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "OperatorsTests",
      dependencies: ["Operators", "NetworkGraph", "Tensors", "ModelFormats", "TestSupport"],
      exclude: ["out-of-scope-cases.txt"],
      swiftSettings: strict),
    .testTarget(
      name: "ModelFormatsTests",
      dependencies: ["ModelFormats", "NetworkGraph", "Tensors", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "ModelFormats", "Tensors", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "GradientsTests",
      dependencies: [
        "Gradients", "Execution", "Operators", "NetworkGraph", "Tensors", "ModelFormats",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ModelCompressionTests",
      dependencies: ["ModelCompression", "ModelFormats", "NetworkGraph", "Tensors", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ExecutionTests",
      dependencies: [
        "Execution", "Operators", "ModelFormats", "NetworkGraph", "Tensors", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "Execution", "Datasets", "ModelCompression", "ModelFormats", "NetworkGraph",
        "Tensors", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Evaluation", "Execution", "Gradients", "Datasets", "ModelCompression",
        "ModelFormats", "NetworkGraph", "Tensors", "TestSupport", "weightbench",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TerminalCellsTests", dependencies: ["TerminalCells", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "NcursesTerminalTests", dependencies: ["NcursesTerminal", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "WorkbenchCoreTests",
      dependencies: [
        "WorkbenchCore", "Evaluation", "ModelCompression", "NetworkGraph", "Tensors",
        "TerminalCells", "TestSupport",
      ],
      exclude: ["Snapshots"],
      swiftSettings: strict),
    .testTarget(
      name: "TerminalTests", dependencies: ["TestSupport", "weightbench"], swiftSettings: strict),
  ]
)
