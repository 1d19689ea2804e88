import NetworkGraph
import Tensors

/// The original network's outputs for a batch, against which the outputs of all cells are held.
struct BaselineBatch: Sendable {
  private let view: OutputView
  /// Size of the batch as run, filled up.
  private let size: Int
  private let count: Int
  private let labels: [Int]?
  private let outputs: [String: Tensor]
  /// The class scores of each sample; empty when outputs are no class scores.
  private let scores: [ClassScores]

  /// Keeps the outputs of the first `count` samples of a batch.
  ///
  /// - Parameters:
  ///   - size: Size of the batch as run, filled up.
  ///   - hasClasses: Whether the data are for a task with classes.
  init(
    graph: NetworkGraph, outputs: [String: Tensor], size: Int, count: Int, labels: [Int]?,
    hasClasses: Bool
  ) {
    view = OutputView(graph: graph, outputs: outputs, batch: size, hasClasses: hasClasses)
    self.size = size
    self.count = count
    self.labels = labels
    self.outputs = outputs
    scores = view.classScores(outputs, batch: size, count: count)
  }

  /// The sums over a batch's samples of other outputs for the same inputs.
  func tally(_ changed: [String: Tensor]) -> CellTally {
    let own = view.classScores(changed, batch: size, count: count)
    var tally = CellTally()
    for (sample, outcome) in outcomes(changed, own).enumerated() {
      tally.add(outcome)
      if !own.isEmpty { tally.shift = max(tally.shift, scores[sample].shift(to: own[sample])) }
    }
    return tally
  }

  /// The original network's own sums for each sample.
  var ownTallies: [CellTally] {
    outcomes(outputs, scores).map { outcome in
      var tally = CellTally()
      tally.add(outcome)
      return tally
    }
  }

  private func outcomes(
    _ changed: [String: Tensor], _ own: [ClassScores]
  ) -> [SampleOutcome] {
    var outcomes = [SampleOutcome](repeating: SampleOutcome(), count: count)
    for name in view.names {
      guard let before = outputs[name], let after = changed[name] else { continue }
      before.withElements(of: Float.self) { before in
        after.withElements(of: Float.self) { after in
          for sample in 0..<count {
            outcomes[sample].compare(
              OutputView.row(before, sample: sample, of: size),
              OutputView.row(after, sample: sample, of: size))
          }
        }
      }
    }
    for sample in 0..<min(own.count, scores.count) {
      outcomes[sample].judge(
        baseline: scores[sample], plan: own[sample], label: labels?[sample], keepsDrafts: false)
    }
    return outcomes
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
