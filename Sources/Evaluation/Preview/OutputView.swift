import NetworkGraph
import Tensors

/// Which outputs of a network are compared, and how its samples lie in them.
struct OutputView: Sendable {
  /// Names of the float outputs that are compared.
  let names: [String]
  /// The output whose rows are class scores; nil when there is none.
  let classOutput: String?
  /// Whether the class scores are probabilities already.
  let areProbabilities: Bool

  /// Finds the class scores: the first output of shape [N, classes], or [N, classes, 1, 1]; none when
  /// the data are not for a task with classes, such as embeddings of texts.
  init(graph: NetworkGraph, outputs: [String: Tensor], batch: Int, hasClasses: Bool) {
    let floats = graph.outputs.map(\.name).filter { outputs[$0]?.type == .float32 }
    names = floats
    classOutput = floats.first { name in
      guard hasClasses, let shape = outputs[name]?.shape, shape.count >= 2 else { return false }
      return shape[0] == batch && shape[1] > 1 && shape.dropFirst(2).allSatisfy { $0 == 1 }
    }
    let producer = classOutput.flatMap { name in
      graph.nodes.last { $0.outputs.contains(name) }
    }
    areProbabilities = producer?.op == "Softmax"
  }

  /// The elements of one sample of one output; all of it when samples can't be told apart.
  static func row(
    _ values: UnsafeBufferPointer<Float>, sample: Int, of batch: Int
  ) -> UnsafeBufferPointer<Float> {
    guard batch > 0, values.count % batch == 0 else {
      return sample == 0 ? values : UnsafeBufferPointer(rebasing: values[..<0])
    }
    let length = values.count / batch
    return UnsafeBufferPointer(rebasing: values[(sample * length)..<((sample + 1) * length)])
  }

  /// Compares the outputs of original and plan, sample by sample, and adds that to outcomes.
  ///
  /// - Parameters:
  ///   - baseline: The original's outputs.
  ///   - plan: The plan's.
  ///   - batch: Rows of the outputs.
  ///   - labels: The labels of the samples.
  ///   - keepsDrafts: Whether what settling needs to know is kept of each sample.
  ///   - outcomes: One for each sample, which are the first rows.
  func compare(
    baseline: [String: Tensor], plan: [String: Tensor], batch: Int, labels: [Int]?,
    keepsDrafts: Bool, into outcomes: inout [SampleOutcome]
  ) {
    for name in names {
      guard let before = baseline[name], let after = plan[name] else { continue }
      before.withElements(of: Float.self) { before in
        after.withElements(of: Float.self) { after in
          for sample in outcomes.indices {
            let old = Self.row(before, sample: sample, of: batch)
            let new = Self.row(after, sample: sample, of: batch)
            outcomes[sample].compare(old, new)
            guard name == classOutput else { continue }
            outcomes[sample].judge(
              baseline: ClassScores(old, areProbabilities: areProbabilities),
              plan: ClassScores(new, areProbabilities: areProbabilities),
              label: labels?[sample], keepsDrafts: keepsDrafts)
          }
        }
      }
    }
  }

  /// Compares all outputs but for class scores, and adds that to outcomes, one for each of the first rows.
  func compare(
    _ baseline: [String: Tensor], _ plan: [String: Tensor], of batch: Int,
    into outcomes: inout [SampleOutcome]
  ) {
    for name in names {
      guard let before = baseline[name], let after = plan[name] else { continue }
      before.withElements(of: Float.self) { before in
        after.withElements(of: Float.self) { after in
          for sample in outcomes.indices {
            outcomes[sample].compare(
              Self.row(before, sample: sample, of: batch),
              Self.row(after, sample: sample, of: batch))
          }
        }
      }
    }
  }

  /// The class scores of each sample; empty when outputs are none.
  func classScores(_ outputs: [String: Tensor], batch: Int, count: Int) -> [ClassScores] {
    guard let classOutput, let output = outputs[classOutput] else { return [] }
    return output.withElements(of: Float.self) { values in
      (0..<count).map { sample in
        ClassScores(
          Self.row(values, sample: sample, of: batch), areProbabilities: areProbabilities)
      }
    }
  }

  /// The outputs of each sample, one after the other, and the class they name.
  func samples(_ outputs: [String: Tensor], batch: Int, count: Int) -> [SampleOutput] {
    let best = classScores(outputs, batch: batch, count: count).map(\.best)
    var values = [[Float]](repeating: [], count: count)
    for name in names {
      outputs[name]?.withElements(of: Float.self) { column in
        for sample in 0..<count { values[sample] += Self.row(column, sample: sample, of: batch) }
      }
    }
    return values.enumerated().map { sample, values in
      SampleOutput(values: values, best: best.isEmpty ? nil : best[sample])
    }
  }
}
