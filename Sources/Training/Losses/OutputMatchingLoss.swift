import Tensors

/// How far outputs are from those of the float network, each in units of its own spread: the mean over
/// outputs of mean((y - t)^2) / variance(t).
///
/// For detectors, embeddings and whatever else has no class scores. 1 is what an output without any
/// information would have.
public struct OutputMatchingLoss: TrainingLoss {
  /// The variance of each output of the float network by name.
  public let variances: [String: Double]
  /// True.
  public let needsTeacher = true

  /// The loss of the outputs named, with their variances; an output that never varies counts with 1.
  public init(variances: [String: Double]) {
    self.variances = variances.mapValues { $0 > 0 && $0.isFinite ? $0 : 1 }
  }

  /// The loss of all float32 outputs, with variances as samples of the float network's outputs show.
  public init(samples: [[String: Tensor]]) {
    var sums: [String: (count: Double, sum: Double, squares: Double)] = [:]
    for outputs in samples {
      for (name, output) in outputs where output.type == .float32 {
        output.withElements(of: Float.self) { values in
          var entry = sums[name] ?? (0, 0, 0)
          for value in values where value.isFinite {
            entry.count += 1
            entry.sum += Double(value)
            entry.squares += Double(value) * Double(value)
          }
          sums[name] = entry
        }
      }
    }
    self.init(
      variances: sums.mapValues { entry in
        let mean = entry.sum / max(entry.count, 1)
        return entry.squares / max(entry.count, 1) - mean * mean
      })
  }

  /// dL/dy = 2 (y - t) / (elements of the batch x variance x outputs).
  public func evaluate(_ input: LossInput) throws(EngineError) -> LossValue {
    var result = LossValue(value: 0, seeds: [:])
    for (name, variance) in variances.sorted(by: { $0.key < $1.key }) {
      let output = try input.output(name)
      let teacher = try input.teacher(name)
      guard output.shape == teacher.shape, let samples = output.shape.first, samples > 0 else {
        throw EngineError(
          .shapeMismatch, subject: "output '\(name)'",
          problem: "is \(output.shape), the float network's \(teacher.shape)",
          remedy: "Train a model whose outputs have one shape for all inputs")
      }
      let elements = Double(output.count / samples) * Double(input.batch)
      let factor = 1 / (elements * variance * Double(variances.count))
      var sum = 0.0
      result.seeds[name] = Tensor.building(output.shape, of: Float.self) { seeds in
        output.withElements(of: Float.self) { output in
          teacher.withElements(of: Float.self) { teacher in
            for index in output.indices {
              let difference = Double(output[index]) - Double(teacher[index])
              sum += difference * difference
              seeds.initializeElement(at: index, to: Float(2 * difference * factor))
            }
          }
        }
      }
      result.value += sum * factor
    }
    return result
  }
}
