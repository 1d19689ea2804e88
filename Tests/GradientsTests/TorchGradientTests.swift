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

  @Test(arguments: models, [TrainingExecutor.BatchNormalization.frozen, .ofShard])
  func ofAllWeights(_ model: Model, _ mode: TrainingExecutor.BatchNormalization) throws {
    let path = try #require(SharedAssets.path(model.path))
    let graph = try ONNXReader.read(path: path).graph
    let hasStatistics = graph.nodes.contains { $0.op == "BatchNormalization" }
    guard hasStatistics || mode == .frozen else { return }
    let folder = try TemporaryFolder()
    let file = folder.path("torch.npz")
    _ = try JudgePython.run(
      file: "gradients.py",
      arguments: [
        path, try #require(SharedAssets.path(model.data)), model.loss,
        mode == .frozen ? "frozen" : "batch", file,
      ])
    let theirs = try NPZFile.read(path: file)
    func named(_ kind: String) -> [String: Tensor] {
      var result: [String: Tensor] = [:]
      for (name, tensor) in theirs where name.hasPrefix(kind + ":") {
        result[String(name.dropFirst(kind.count + 1))] = tensor
      }
      return result
    }
    let expected = named("grad")
    let labels = theirs["label"]?.integers ?? []
    let factors = named("factor")
    let executor = try TrainingExecutor(graph: graph, wanted: Set(expected.keys))
    let step = try executor.step(inputs: named("input"), batchNormalization: mode) { outputs in
      labels.isEmpty
        ? Losses.weighted(outputs, factors) : Losses.crossEntropy(outputs, labels)
    }
    let loss = try #require(theirs["loss"]?.doubles.first)
    #expect(abs(step.loss - loss) < 1e-4 * max(abs(loss), 1))
    for (name, wanted) in expected {
      let found = try #require(step.gradients[name], "no gradient of \(name)")
      try #require(found.shape == wanted.shape)
      let largest = wanted.doubles.reduce(0) { max($0, abs($1)) }
      let difference = zip(found.doubles, wanted.doubles).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(
        difference <= (mode == .frozen ? 1e-3 : model.kinks) * largest + 1e-7,
        "\(name): \(difference) beside \(largest)")
    }
    let statistics = named("stat")
    #expect(Set(step.statistics.keys) == Set(statistics.keys))
    for (name, wanted) in statistics {
      let found = try #require(step.statistics[name])
      #expect(
        TensorDifference.describe(found, expected: wanted, relative: 1e-3, absolute: 1e-4) == nil)
    }
  }
}

enum Torch {
  /// Whether the judges have PyTorch.
  static let isAvailable =
    JudgePython.isAvailable && (try? JudgePython.run("import onnx, torch, yaml")) != nil
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
