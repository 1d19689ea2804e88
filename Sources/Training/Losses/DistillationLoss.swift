import Foundation
import Tensors

/// How far class probabilities are from those of the float network, both softened (Hinton and others,
/// 1503.02531, section 2): T^2 KL(softmax(t / T) || softmax(z / T)), mean over samples.
///
/// With the factor T^2 gradients have the size of the cross-entropy's, whatever the temperature.
public struct DistillationLoss: TrainingLoss {
  /// Where the class scores are.
  public let output: ClassOutput
  /// The temperature T.
  public let temperature: Double
  /// True.
  public let needsTeacher = true

  /// The loss of these class scores at a temperature.
  public init(output: ClassOutput, temperature: Double) {
    self.output = output
    self.temperature = temperature
  }

  /// dL/dz = T (softmax(z / T) - softmax(t / T)) / batch.
  public func evaluate(_ input: LossInput) throws(EngineError) -> LossValue {
    let scores = try input.output(output.name)
    let teacher = try input.teacher(output.name)
    guard teacher.shape == scores.shape, let samples = scores.shape.first, samples > 0 else {
      throw EngineError(
        .shapeMismatch, subject: "output '\(output.name)'",
        problem: "is \(scores.shape), the float network's \(teacher.shape)")
    }
    let classes = scores.count / samples
    let share = 1 / Double(input.batch)
    var value = 0.0
    let seeds = teacher.withElements(of: Float.self) { teacher in
      output.seeds(of: scores) { sample, logits, gradient in
        let row = teacher[(sample * classes)..<((sample + 1) * classes)]
        let wanted = ClassOutput.logSoftmax(output.logits(row), temperature: temperature)
        let found = ClassOutput.logSoftmax(logits, temperature: temperature)
        for index in gradient.indices {
          let probability = exp(wanted[index])
          value += temperature * temperature * share * probability * (wanted[index] - found[index])
          gradient[index] = temperature * share * (exp(found[index]) - probability)
        }
      }
    }
    return LossValue(value: value, seeds: [output.name: seeds])
  }
}
