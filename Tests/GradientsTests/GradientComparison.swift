import Foundation
import Gradients
import ModelFormats
import Tensors
import TestSupport
import Testing

/// How far gradients lie from PyTorch's.
struct GradientComparison: CustomStringConvertible {
  let model: String
  /// Parameters that were compared.
  let parameters: Int
  /// Of the loss, relative.
  let lossDifference: Double
  /// The parameter whose gradient lies farthest off, relative to the largest element of its gradient.
  let largest: (name: String, difference: Double)

  /// What was found.
  let step: TrainingExecutor.Step
  /// The judge's batch statistics by name.
  let statistics: [String: Tensor]

  /// Differentiates a model as the judge did.
  ///
  /// - Parameters:
  ///   - model: The ONNX file.
  ///   - torch: What the judge wrote: input:, label or factor:, loss, grad: and stat:.
  ///   - mode: Which statistics batch normalization takes.
  init(
    model: String, torch: String, mode: TrainingExecutor.BatchNormalization = .frozen
  ) throws {
    self.model = URL(filePath: model).lastPathComponent
    let theirs = try NPZFile.read(path: torch)
    func named(_ kind: String) -> [String: Tensor] {
      var result: [String: Tensor] = [:]
      for (name, tensor) in theirs where name.hasPrefix(kind + ":") {
        result[String(name.dropFirst(kind.count + 1))] = tensor
      }
      return result
    }
    let expected = named("grad")
    let factors = named("factor")
    let executor = try TrainingExecutor(
      graph: ONNXReader.read(path: model).graph, wanted: Set(expected.keys))
    let labels = theirs["label"]?.integers ?? []
    let step = try executor.step(inputs: named("input"), batchNormalization: mode) {
      labels.isEmpty ? Losses.weighted($0, factors) : Losses.crossEntropy($0, labels)
    }
    self.step = step
    statistics = named("stat")
    let loss = try #require(theirs["loss"]?.doubles.first)
    lossDifference = abs(step.loss - loss) / max(abs(loss), 1)
    parameters = expected.count
    let all = expected.values.reduce(0) { max($0, Self.largest($1)) }
    var largest = ("", 0.0)
    for (name, wanted) in expected {
      let found = try #require(step.gradients[name], "no gradient of \(name)")
      try #require(found.shape == wanted.shape)
      let difference = Self.difference(found, wanted, least: 1e-4 * all)
      if !(difference <= largest.1) { largest = (name, difference) }
    }
    self.largest = largest
  }

  private static func largest(_ tensor: Tensor) -> Double {
    tensor.doubles.reduce(0) { max($0, abs($1)) }
  }

  /// The largest difference of an element, relative to the largest element that is wanted, which counts
  /// as `least` where it is less: gradients that are 0 but for rounding.
  private static func difference(_ found: Tensor, _ wanted: Tensor, least: Double) -> Double {
    let scale = max(largest(wanted), least, 1e-30)
    return zip(found.doubles, wanted.doubles).reduce(0) { largest, pair in
      let difference = abs(pair.0 - pair.1) / scale
      return difference <= largest ? largest : difference
    }
  }

  var description: String {
    "\(model): \(parameters) parameters, largest difference \(largest.difference) of \(largest.name), "
      + "loss \(lossDifference)"
  }
}
