import Foundation
import Gradients
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Gradients of whole networks against PyTorch's autograd (`Tests/Judges/gradients.py`).
@Suite(.enabled(if: Torch.isAvailable, "PyTorch is not installed"))
struct TorchGradientTests {
  /// A model of the shared assets, its data, and what is differentiated.
  struct Model: CustomTestStringConvertible, Sendable {
    var path: String
    var data: String
    var loss: String
    /// How far gradients with batch statistics may be from PyTorch's, of the largest.
    ///
    /// A value within rounding of 0 in front of a `Relu` is kept by one side and dropped by the other;
    /// batch statistics carry that to all weights, in ResNet-20 with these samples 0.024.
    var kinks = 1e-3
    var testDescription: String { path }
  }

  static let models = [
    Model(
      path: "cifar10/resnet20.onnx", data: "cifar10/cifar10_test1000.npz", loss: "cross-entropy",
      kinks: 0.05),
    Model(
      path: "tiny/fashion_resnet8.onnx", data: "tiny/fashion_mnist_test10000.npz",
      loss: "cross-entropy"),
    Model(
      path: "detection/bccd/bccd_centernet.onnx",
      data: "detection/bccd/bccd_test72_160x128.npz", loss: "outputs"),
    Model(
      path: "text/minilm_l6_v2_vocab_trimmed.onnx", data: "text/stsb_en_test_tokens48.npz",
      loss: "outputs"),
  ].filter { SharedAssets.path($0.path) != nil && SharedAssets.path($0.data) != nil }

  private static func comparison(
    _ model: Model, _ mode: TrainingExecutor.BatchNormalization, first: Int = 0
  ) throws -> GradientComparison {
    let path = try #require(SharedAssets.path(model.path))
    let folder = try TemporaryFolder()
    let file = folder.path("torch.npz")
    _ = try JudgePython.run(
      file: "gradients.py",
      arguments: [
        path, try #require(SharedAssets.path(model.data)), model.loss,
        mode == .frozen ? "frozen" : "batch", file, "\(first)",
      ])
    return try GradientComparison(model: path, torch: file, mode: mode)
  }

  @Test(arguments: models, [TrainingExecutor.BatchNormalization.frozen, .ofShard])
  func ofAllWeights(_ model: Model, _ mode: TrainingExecutor.BatchNormalization) throws {
    let path = try #require(SharedAssets.path(model.path))
    let hasStatistics = try ONNXReader.read(path: path).graph.nodes.contains {
      $0.op == "BatchNormalization"
    }
    guard hasStatistics || mode == .frozen else { return }
    let found = try Self.comparison(model, mode)
    print("\(found), \(mode)")
    #expect(found.lossDifference < 1e-4)
    #expect(found.largest.difference <= (mode == .frozen ? 1e-3 : model.kinks), "\(found)")
    #expect(Set(found.step.statistics.keys) == Set(found.statistics.keys))
    for (name, wanted) in found.statistics {
      let own = try #require(found.step.statistics[name])
      #expect(
        TensorDifference.describe(own, expected: wanted, relative: 1e-3, absolute: 1e-4) == nil)
    }
  }

  /// With batch statistics ResNet-20 has jumps near most sets of images; far from them gradients are equal.
  @Test(.enabled(if: models.contains { $0.path == "cifar10/resnet20.onnx" }, "no shared assets"))
  func farFromKinks() throws {
    let model = try #require(Self.models.first { $0.path == "cifar10/resnet20.onnx" })
    let farthest = try [8, 16, 24, 32, 40, 48].map { first in
      try Self.comparison(model, .ofShard, first: first).largest.difference
    }
    print("\(model.path), six other sets of 8 images: largest differences \(farthest)")
    #expect(farthest.contains { $0 <= 1e-3 })
  }
}

enum Torch {
  /// Whether the judges have PyTorch.
  static let isAvailable =
    JudgePython.isAvailable && (try? JudgePython.run("import onnx, torch, yaml")) != nil

  /// Whether they have its networks too; without graphics cards some compiled operators don't load.
  static let hasNetworks =
    isAvailable
    && (try? JudgePython.run(
      "import sys; sys.path.append(f'{sys.prefix}/torchvision-alone'); "
        + "import importlib.util as u; assert u.find_spec('torchvision')")) != nil
}

/// The losses that the judge takes.
enum Losses {
  /// The mean of -log softmax(y)[label], and its gradient.
  static func crossEntropy(
    _ outputs: [String: Tensor], _ labels: [Int]
  ) -> (value: Double, seeds: [String: Tensor]) {
    guard let (name, logits) = outputs.first else { return (0, [:]) }
    let classes = logits.shape[1]
    let values = logits.doubles
    var seed = [Float](repeating: 0, count: values.count)
    var loss = 0.0
    for (row, label) in labels.enumerated() {
      let own = values[(row * classes)..<((row + 1) * classes)]
      let largest = own.max() ?? 0
      let sum = own.reduce(0) { $0 + exp($1 - largest) }
      for (column, value) in own.enumerated() {
        let share = exp(value - largest) / sum
        seed[row * classes + column] = Float(
          (share - (column == label ? 1 : 0)) / Double(labels.count))
        if column == label { loss -= log(share) / Double(labels.count) }
      }
    }
    return (loss, [name: Tensor(logits.shape, seed)])
  }

  /// The sum of c y + y^2 / 2 over all outputs, and its gradient.
  static func weighted(
    _ outputs: [String: Tensor], _ factors: [String: Tensor]
  ) -> (value: Double, seeds: [String: Tensor]) {
    var loss = 0.0
    var seeds: [String: Tensor] = [:]
    for (name, output) in outputs {
      guard let factor = factors[name] else { continue }
      for (value, factor) in zip(output.doubles, factor.doubles) {
        loss += factor * value + value * value / 2
      }
      seeds[name] = Tensor(output.shape, zip(output.floats, factor.floats).map { $0 + $1 })
    }
    return (loss, seeds)
  }
}
