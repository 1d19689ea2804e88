import Foundation
import Tensors

/// The mean of -log p(label), as `torch.nn.functional.cross_entropy`.
public struct CrossEntropyLoss: TrainingLoss {
  /// Where the class scores are.
  public let output: ClassOutput
  /// False.
  public let needsTeacher = false

  /// The loss of these class scores.
  public init(output: ClassOutput) { self.output = output }

  /// dL/dz = (softmax(z) - onehot(label)) / batch.
  public func evaluate(_ input: LossInput) throws(EngineError) -> LossValue {
    let scores = try input.output(output.name)
    guard let labels = input.labels, labels.count == scores.shape.first else {
      throw EngineError(
        .invalidData, problem: "there is no label for each sample",
        remedy: "Give labels, or distil only")
    }
    let classes = scores.count / max(labels.count, 1)
    if let wrong = labels.first(where: { !(0..<classes).contains($0) }) {
      throw EngineError(
        .invalidData, problem: "label \(wrong) of a model with \(classes) classes",
        remedy: "Give data with the model's classes")
    }
    let share = 1 / Double(input.batch)
    var value = 0.0
    let seeds = output.seeds(of: scores) { sample, logits, gradient in
      let logs = ClassOutput.logSoftmax(logits)
      value -= logs[labels[sample]] * share
      for index in gradient.indices { gradient[index] = exp(logs[index]) * share }
      gradient[labels[sample]] -= share
    }
    return LossValue(value: value, seeds: [output.name: seeds])
  }
}
