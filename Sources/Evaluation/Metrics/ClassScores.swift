import Foundation

/// The scores of one sample over the classes, and what follows from them.
struct ClassScores {
  /// Index of the highest score; ties go to the lowest index, NaN never wins.
  let best: Int
  /// Natural logarithms of the class probabilities.
  let logProbabilities: [Double]
  private let scores: [Float]

  /// - Parameters:
  ///   - scores: Logits, or probabilities when `areProbabilities`.
  ///   - areProbabilities: Whether the network ends in a softmax.
  init(_ scores: some Collection<Float>, areProbabilities: Bool) {
    self.scores = Array(scores)
    var best = 0
    var top = -Float.infinity
    for (index, score) in self.scores.enumerated() where score > top {
      best = index
      top = score
    }
    self.best = best
    if areProbabilities {
      // The floor keeps the loss finite where a softmax underflowed to 0.
      logProbabilities = self.scores.map { Foundation.log(Double(max($0, 1e-30))) }
    } else {
      let shift = Double(top)
      let sum = self.scores.reduce(0) { $0 + Foundation.exp(Double($1) - shift) }
      let logSum = shift + Foundation.log(sum)
      logProbabilities = self.scores.map { Double($0) - logSum }
    }
  }

  /// Whether fewer than `k` classes come before `label` (higher score, or equal score and lower
  /// index).
  func isAmongFirst(_ k: Int, label: Int) -> Bool {
    guard scores.indices.contains(label) else { return false }
    let own = scores[label]
    guard !own.isNaN else { return false }
    var before = 0
    for (index, score) in scores.enumerated()
    where score > own || (score == own && index < label) {
      before += 1
      if before >= k { return false }
    }
    return true
  }

  /// Kullback-Leibler divergence of `other` from this distribution: sum p log(p / q), nats.
  func divergence(to other: ClassScores) -> Double {
    var sum = 0.0
    for (p, q) in zip(logProbabilities, other.logProbabilities) {
      let probability = Foundation.exp(p)
      if probability > 0 { sum += probability * (p - q) }
    }
    return max(sum, 0)
  }
}
