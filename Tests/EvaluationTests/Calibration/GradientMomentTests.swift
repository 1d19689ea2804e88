import Datasets
import Evaluation
import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Means and mean squares of gradients over samples against PyTorch's autograd
/// (`Tests/Judges/gradients.py`).
@Suite struct GradientMomentTests {
  static let hasTorch =
    JudgePython.isAvailable && (try? JudgePython.run("import onnx, torch, yaml")) != nil
  static let model = SharedAssets.path("cifar10/resnet20_bnfolded.onnx")
  static let data = SharedAssets.path("cifar10/cifar10_test1000.yaml")

  private static func statistics(
    threads: Int, data: EvaluationData
  ) throws -> [(layer: CompressibleLayer, found: LayerStatistics)] {
    let graph = try ONNXReader.read(path: #require(model)).graph
    let layers = graph.compressibleLayers()
    let store = CalibrationStore(
      graph: graph, layers: layers, samples: CalibrationSamples(data, count: 8),
      threads: threads)
    return try layers.enumerated().map { index, layer in
      (
        layer,
        try store.statistics(ofLayer: index, needs: [.gradients], isCancelled: { false })
      )
    }
  }

  /// The first images of a data set alone; the path of their description.
  private static func withoutLabels(_ path: String, in folder: TemporaryFolder) throws -> String {
    let archive = path.replacingOccurrences(of: ".yaml", with: ".npz")
    let images = try #require(try NPZFile.read(path: archive)["images"])
    let rows = [8] + images.shape.dropFirst()
    try NPZFile.write(
      ["images": Tensor(type: images.type, shape: rows, storage: images.storage)],
      to: folder.path("bare.npz"))
    let name = URL(filePath: archive).lastPathComponent
    try String(contentsOfFile: path, encoding: .utf8).replacingOccurrences(
      of: name, with: "bare.npz"
    ).write(toFile: folder.path("bare.yaml"), atomically: true, encoding: .utf8)
    return folder.path("bare.yaml")
  }

  @Test(
    .enabled(if: hasTorch && model != nil && data != nil, "no PyTorch or no shared assets"),
    arguments: ["samples", "winners"])
  func equalPyTorch(loss: String) throws {
    let path = try #require(Self.data)
    let file = try TemporaryFolder()
    _ = try JudgePython.run(
      file: "gradients.py",
      arguments: [
        try #require(Self.model), path.replacingOccurrences(of: ".yaml", with: ".npz"), loss,
        "frozen", file.path("torch.npz"),
      ])
    let theirs = try NPZFile.read(path: file.path("torch.npz"))
    let data = try EvaluationData.open(
      path: loss == "winners" ? Self.withoutLabels(path, in: file) : path, limit: nil)
    for (layer, found) in try Self.statistics(threads: 2, data: data) {
      for (kind, tensor) in [("mean", found.gradientMean), ("square", found.gradientSquare)] {
        let tensor = try #require(tensor)
        let wanted = try #require(theirs["\(kind):\(layer.weight)"]).doubles
        let largest = wanted.reduce(0) { max($0, abs($1)) }
        let difference = zip(tensor.doubles, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(
          difference <= 1e-3 * largest, "\(layer.name) \(kind): \(difference) beside \(largest)")
      }
    }
  }
}
