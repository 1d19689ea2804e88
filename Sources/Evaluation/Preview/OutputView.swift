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

  /// Finds the class scores: the first output of shape [N, classes], or [N, classes, 1, 1].
  init(graph: NetworkGraph, outputs: [String: Tensor], batch: Int) {
    let floats = graph.outputs.map(\.name).filter { outputs[$0]?.type == .float32 }
    names = floats
    classOutput = floats.first { name in
      guard let shape = outputs[name]?.shape, shape.count >= 2 else { return false }
      return shape[0] == batch && shape[1] > 1 && shape.dropFirst(2).allSatisfy { $0 == 1 }
    }
    let producer = classOutput.flatMap { name in
      graph.nodes.last { $0.outputs.contains(name) }
    }
    areProbabilities = producer?.op == "Softmax"
  }

  /// The elements of one sample of one output; all of it when samples can't be told apart.
  static func row(_ values: [Float], sample: Int, of batch: Int) -> ArraySlice<Float> {
    guard batch > 0, values.count % batch == 0 else {
      return sample == 0 ? values[...] : []
    }
    let length = values.count / batch
    return values[(sample * length)..<((sample + 1) * length)]
  }

  /// Compares the outputs of original and plan, sample by sample.
  func outcomes(
    baseline: [String: Tensor], plan: [String: Tensor], batch: Int, samples: Int, labels: [Int]?
  ) -> [SampleOutcome] {
    let columns = names.map { name in
      (name, baseline[name]?.floats ?? [], plan[name]?.floats ?? [])
    }
    return (0..<samples).map { sample in
      var before: [Float] = []
      var after: [Float] = []
      var classes: (baseline: ClassScores, plan: ClassScores)?
      for (name, x, y) in columns {
        let old = Self.row(x, sample: sample, of: batch)
        let new = Self.row(y, sample: sample, of: batch)
        before += old
        after += new
        if name == classOutput {
          classes = (
            ClassScores(old, areProbabilities: areProbabilities),
            ClassScores(new, areProbabilities: areProbabilities)
          )
        }
      }
      return SampleOutcome(
        baseline: before, plan: after, classes: classes, label: labels?[sample])
    }
  }

  /// The outputs of each sample, one after the other, and the class they name.
  func samples(_ outputs: [String: Tensor], batch: Int, count: Int) -> [SampleOutput] {
    let columns = names.map { ($0, outputs[$0]?.floats ?? []) }
    return (0..<count).map { sample in
      var values: [Float] = []
      var best: Int?
      for (name, column) in columns {
        let row = Self.row(column, sample: sample, of: batch)
        values += row
        if name == classOutput {
          best = ClassScores(row, areProbabilities: areProbabilities).best
        }
      }
      return SampleOutput(values: values, best: best)
    }
  }
}
