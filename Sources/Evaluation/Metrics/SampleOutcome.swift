import Foundation

/// What one sample says about a plan, beside what it says about the original network.
struct SampleOutcome: Sendable {
  /// What both say of the sample's class, with their losses; nil when outputs are no class scores.
  struct Classes: Sendable {
    /// The original's verdict.
    var baseline: ClassVerdict
    /// The plan's.
    var plan: ClassVerdict
    /// The cross-entropies; nil without a label.
    var losses: (baseline: Double, plan: Double)?
    /// Divergence of the plan's class probabilities from the original's, nats.
    var divergence: Double
    /// How far the original's verdict is from being another: ``ClassScores/margin(label:)``.
    var margin: Float
    /// How much of that the plan takes at most: ``ClassScores/shift(to:label:)``.
    var shift: Float
    /// What settling needs to know of both; nil unless this is a draft that may be settled.
    var drafts: (baseline: DraftSample, plan: DraftSample)?
  }

  /// What both say of the sample's class; nil when outputs are no class scores.
  private(set) var classes: Classes?
  /// What the task keeps of both; nil where it keeps nothing.
  var evidence: PairedEvidence?
  /// Sum of squares of the original's output.
  private(set) var signal = 0.0
  /// Sum of squares of the difference.
  private(set) var noise = 0.0
  private var dot = 0.0
  private var other = 0.0

  /// Cosine between the two outputs.
  var cosine: Double {
    if noise == 0 { return 1 }
    return signal > 0 && other > 0 ? dot / (signal.squareRoot() * other.squareRoot()) : 0
  }

  /// Takes in one output of the original and of the plan.
  mutating func compare(
    _ baseline: UnsafeBufferPointer<Float>, _ plan: UnsafeBufferPointer<Float>
  ) {
    var (dot, signal, other, noise) = (dot, signal, other, noise)
    for index in 0..<min(baseline.count, plan.count) {
      let (x, y) = (Double(baseline[index]), Double(plan[index]))
      dot += x * y
      signal += x * x
      other += y * y
      noise += (x - y) * (x - y)
    }
    (self.dot, self.signal, self.other, self.noise) = (dot, signal, other, noise)
  }

  /// Takes in the class scores of both.
  mutating func judge(
    baseline: ClassScores, plan: ClassScores, label: Int?, keepsDrafts: Bool
  ) {
    func loss(_ scores: ClassScores, _ label: Int) -> Double {
      scores.logProbabilities.indices.contains(label)
        ? -scores.logProbabilities[label] : .infinity
    }
    classes = Classes(
      baseline: baseline.verdict(label: label), plan: plan.verdict(label: label),
      losses: label.map { (loss(baseline, $0), loss(plan, $0)) },
      divergence: baseline.divergence(to: plan),
      margin: baseline.margin(label: label), shift: baseline.shift(to: plan, label: label),
      drafts: keepsDrafts
        ? (DraftSample(baseline, label: label), DraftSample(plan, label: label)) : nil)
  }
}
