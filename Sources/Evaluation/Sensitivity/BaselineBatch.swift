import NetworkGraph
import Tensors

/// The original network's outputs for a batch, against which the outputs of all cells are held.
struct BaselineBatch: Sendable {
  private let view: OutputView
  /// Size of the batch as run, filled up.
  private let size: Int
  private let samples: [Int]
  private let labels: [Int]?
  /// Outputs by name, for each half of pairs.
  private let outputs: [[String: Tensor]]
  /// The class scores of each sample; empty when outputs are no class scores.
  private let scores: [ClassScores]
  private let measure: (any EvaluationMeasure)?
  /// What the measure keeps of each sample; empty without one.
  private let evidence: [SampleEvidence]

  /// Keeps the outputs of a batch.
  ///
  /// - Parameters:
  ///   - outputs: Outputs by name, for each half of pairs.
  ///   - size: Size of the batch as run, filled up.
  ///   - samples: The samples in its first rows: indices in the data.
  ///   - hasClasses: Whether the data are for a task with classes.
  ///   - measure: How the task judges outputs; nil for none.
  /// - Throws: What the measure throws.
  init(
    graph: NetworkGraph, outputs: [[String: Tensor]], size: Int, samples: [Int], labels: [Int]?,
    hasClasses: Bool, measure: (any EvaluationMeasure)?
  ) throws {
    view = OutputView(
      graph: graph, outputs: outputs.first ?? [:], batch: size, hasClasses: hasClasses)
    self.size = size
    self.samples = samples
    self.labels = labels
    self.outputs = outputs
    self.measure = measure
    scores = view.classScores(outputs.first ?? [:], batch: size, count: samples.count)
    evidence = try measure?.evidence(of: outputs, samples: samples, batch: size) ?? []
  }

  /// The sums over a batch's samples of other outputs for the same inputs.
  func tally(_ changed: [[String: Tensor]]) throws -> CellTally {
    let own = view.classScores(changed.first ?? [:], batch: size, count: samples.count)
    let evidence = try measure?.evidence(of: changed, samples: samples, batch: size) ?? []
    var tally = CellTally()
    for (sample, outcome) in outcomes(changed, own, evidence).enumerated() {
      tally.add(outcome)
      if !own.isEmpty { tally.shift = max(tally.shift, scores[sample].shift(to: own[sample])) }
    }
    return tally
  }

  /// The original network's own sums for each sample.
  var ownTallies: [CellTally] {
    outcomes(outputs, scores, evidence).map { outcome in
      var tally = CellTally()
      tally.add(outcome)
      return tally
    }
  }

  private func outcomes(
    _ changed: [[String: Tensor]], _ own: [ClassScores], _ evidence: [SampleEvidence]
  ) -> [SampleOutcome] {
    var outcomes = [SampleOutcome](repeating: SampleOutcome(), count: samples.count)
    for (before, after) in zip(outputs, changed) {
      view.compare(before, after, of: size, into: &outcomes)
    }
    for sample in 0..<min(own.count, scores.count) {
      outcomes[sample].judge(
        baseline: scores[sample], plan: own[sample], label: labels?[sample], keepsDrafts: false)
    }
    for (row, evidence) in evidence.enumerated() {
      outcomes[row].evidence = PairedEvidence(
        sample: samples[row], baseline: self.evidence[row], plan: evidence)
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
