import Datasets
import Evaluation
import Execution
import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// A real model with calibration and test data, and what quantized activations make of it.
struct ActivationCase: Sendable, CustomTestStringConvertible {
  let model: String
  let calibration: String
  let data: String
  var testDescription: String { model }

  static let all = [
    ActivationCase(
      model: "cifar10/resnet20.onnx", calibration: "cifar10/cifar10_train2000.yaml",
      data: "cifar10/cifar10_test1000.yaml"),
    ActivationCase(
      model: "tiny/fashion_resnet8.onnx",
      calibration: "tiny/fashion_mnist_train1000_calib.yaml",
      data: "tiny/fashion_mnist_test10000.yaml"),
  ]

  /// The model with batch normalization folded.
  func graph() throws -> NetworkGraph {
    let path = try #require(SharedAssets.path(model))
    return try OpenedModel(path: path).runnableGraph()
  }

  /// The same settings for all layers.
  static func settings(
    _ setting: ActivationQuantization, in graph: NetworkGraph
  ) -> [String: ActivationQuantization] {
    Dictionary(uniqueKeysWithValues: graph.compressibleLayers().map { ($0.name, setting) })
  }

  /// The graph with rounded activations in front of all layers.
  func derived(
    _ setting: ActivationQuantization, samples: Int, threads: Int = 2
  ) async throws -> NetworkGraph {
    let graph = try graph()
    let settings = Self.settings(setting, in: graph)
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path(calibration)), limit: samples)
    let ranges = try await ActivationCalibration(
      graph: graph, data: data, samples: Array(0..<data.count)
    ).ranges(
      of: ActivationQuantizer.sites(in: graph, settings: settings),
      pool: WorkerPool(threads: threads))
    return try ActivationQuantizer.apply(to: graph, settings: settings, ranges: ranges)
  }

  /// Class scores by the preview: floats of compressed weights and biases in the graph with rounded
  /// activations.
  ///
  /// - Parameter batch: Samples that run together: 1 for dynamic activations, whose ranges belong to all
  ///   samples of a run.
  static func scores(
    _ graph: NetworkGraph, _ weights: [CompressedWeights], data: EvaluationData, batch: Int
  ) throws -> Tensor {
    var replaced = QuantizedBias.values(in: graph, weights: weights)
    for entry in weights { replaced[entry.layer.weight] = entry.dequantized }
    let executor = try FastExecutor(graph: graph)
    var scores: [Float] = []
    for start in stride(from: 0, to: data.count, by: batch) {
      let inputs = try data.inputs(
        for: Array(start..<min(start + batch, data.count)), graphInputs: graph.runtimeInputs)
      let result = try executor.run(inputs: inputs, weights: replaced, options: RunOptions())
      scores += try #require(result.outputs.values.first).floats
    }
    return Tensor([data.count, scores.count / data.count], scores)
  }
}
