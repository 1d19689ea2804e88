import Foundation

/// What one sample says about a plan, beside what it says about the original network.
struct SampleOutcome: Sendable {
  /// How one network did on a labelled sample.
  struct Score: Sendable {
    var isCorrect: Bool
    var isInTop5: Bool
    var loss: Double
  }

  /// How both did; nil without a label.
  var labelled: (baseline: Score, plan: Score)?
  /// Whether both name the same first class; nil when outputs are no class scores.
  var agrees: Bool?
  /// Divergence of the plan's class probabilities from the original's, nats; nil likewise.
  var divergence: Double?
  /// Cosine between the two outputs.
  var cosine: Double
  /// Sum of squares of the original's output.
  var signal: Double
  /// Sum of squares of the difference.
  var noise: Double
}

extension SampleOutcome {
  /// Compares the outputs of one sample; `classes` is nil when they are no class scores.
  init(
    baseline: some Collection<Float>, plan: some Collection<Float>,
    classes: (baseline: ClassScores, plan: ClassScores)?, label: Int?
  ) {
    var dot = 0.0
    var signal = 0.0
    var other = 0.0
    var noise = 0.0
    for (x, y) in zip(baseline, plan) {
      let (x, y) = (Double(x), Double(y))
      dot += x * y
      signal += x * x
      other += y * y
      noise += (x - y) * (x - y)
    }
    self.signal = signal
    self.noise = noise
    if noise == 0 {
      cosine = 1
    } else {
      cosine = signal > 0 && other > 0 ? dot / (signal.squareRoot() * other.squareRoot()) : 0
    }
    guard let classes else { return }
    agrees = classes.baseline.best == classes.plan.best
    divergence = classes.baseline.divergence(to: classes.plan)
    guard let label else { return }
    func score(_ scores: ClassScores) -> Score {
      Score(
        isCorrect: scores.best == label, isInTop5: scores.isAmongFirst(5, label: label),
        loss: scores.logProbabilities.indices.contains(label)
          ? -scores.logProbabilities[label] : .infinity)
    }
    labelled = (score(classes.baseline), score(classes.plan))
  }
}
