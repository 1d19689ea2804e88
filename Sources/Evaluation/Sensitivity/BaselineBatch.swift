import NetworkGraph
import Tensors

/// The original network's outputs for a batch, against which the outputs of all cells are held.
struct BaselineBatch: Sendable {
  private let view: OutputView
  /// Size of the batch as run, filled up.
  private let size: Int
  private let count: Int
  private let labels: [Int]?
  /// The compared outputs of each sample, one output after the other.
  private let rows: [[Float]]
  /// The class scores of each sample; empty when outputs are no class scores.
  private let scores: [ClassScores]

  /// Keeps the outputs of the first `count` samples of a batch.
  init(
    graph: NetworkGraph, outputs: [String: Tensor], size: Int, count: Int, labels: [Int]?
  ) {
    let view = OutputView(graph: graph, outputs: outputs, batch: size)
    self.view = view
    self.size = size
    self.count = count
    self.labels = labels
    var rows = [[Float]](repeating: [], count: count)
    var scores: [ClassScores] = []
    for name in view.names {
      let values = outputs[name]?.floats ?? []
      for sample in 0..<count {
        let row = OutputView.row(values, sample: sample, of: size)
        rows[sample] += row
        if name == view.classOutput {
          scores.append(ClassScores(row, areProbabilities: view.areProbabilities))
        }
      }
    }
    self.rows = rows
    self.scores = scores
  }

  /// The sums over a batch's samples of other outputs for the same inputs.
  func tally(_ outputs: [String: Tensor]) -> CellTally {
    var tally = CellTally()
    let columns = view.names.map { ($0, outputs[$0]?.floats ?? []) }
    for sample in 0..<count {
      var after: [Float] = []
      var own: ClassScores?
      for (name, values) in columns {
        let row = OutputView.row(values, sample: sample, of: size)
        after += row
        if name == view.classOutput {
          own = ClassScores(row, areProbabilities: view.areProbabilities)
        }
      }
      tally.add(
        SampleOutcome(
          baseline: rows[sample], plan: after, classes: own.map { (scores[sample], $0) },
          label: labels?[sample]))
      if let own { tally.shift = max(tally.shift, scores[sample].shift(to: own)) }
    }
    return tally
  }

  /// The original network's own sums for each sample.
  var ownTallies: [CellTally] {
    (0..<count).map { sample in
      var tally = CellTally()
      tally.add(
        SampleOutcome(
          baseline: rows[sample], plan: rows[sample],
          classes: scores.isEmpty ? nil : (scores[sample], scores[sample]),
          label: labels?[sample]))
      return tally
    }
  }

  /// The best class score minus the second of each sample, in logits; nil without class scores.
  var margins: [Float]? {
    scores.isEmpty ? nil : scores.map(\.margin)
  }
}

extension ClassScores {
  /// The best score minus the second, in logits.
  fileprivate var margin: Float {
    var second = -Double.infinity
    for (index, value) in logProbabilities.enumerated() where index != best {
      second = max(second, value)
    }
    guard logProbabilities.indices.contains(best), second.isFinite else { return 0 }
    return Float(logProbabilities[best] - second)
  }

  /// The most that any class gains on this network's first class in `other`, in logits: an image
  /// whose margin is larger can't change its class.
  fileprivate func shift(to other: ClassScores) -> Float {
    guard logProbabilities.indices.contains(best),
      other.logProbabilities.count == logProbabilities.count
    else { return .infinity }
    let own = other.logProbabilities[best] - logProbabilities[best]
    var most = -Double.infinity
    for (index, value) in logProbabilities.enumerated() where index != best {
      most = max(most, other.logProbabilities[index] - value - own)
    }
    // NaN outputs say nothing about other images.
    return most.isNaN ? .infinity : Float(most)
  }
}
