import Foundation

/// The scores of one sample over the classes, and what follows from them.
struct ClassScores: Sendable {
  /// Index of the highest score; ties go to the lowest index, NaN never wins.
  let best: Int
  /// Natural logarithms of the class probabilities.
  let logProbabilities: [Double]
  private let scores: [Float]
  private let areProbabilities: Bool

  /// - Parameters:
  ///   - scores: Logits, or probabilities when `areProbabilities`.
  ///   - areProbabilities: Whether the network ends in a softmax.
  init(_ scores: some Collection<Float>, areProbabilities: Bool) {
    let scores = Array(scores)
    self.scores = scores
    self.areProbabilities = areProbabilities
    var best = 0
    var top = -Float.infinity
    for (index, score) in scores.enumerated() where score > top {
      best = index
      top = score
    }
    self.best = best
    if areProbabilities {
      // The floor keeps the loss finite where a softmax underflowed to 0.
      logProbabilities = scores.map { Foundation.log(Double(max($0, 1e-30))) }
    } else {
      let shift = Double(top)
      var sum = 0.0
      for score in scores { sum += Foundation.exp(Double(score) - shift) }
      let logSum = shift + Foundation.log(sum)
      logProbabilities = scores.map { Double($0) - logSum }
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

extension ClassScores {
  /// What counts are made of.
  func verdict(label: Int?) -> ClassVerdict {
    ClassVerdict(
      best: best, isCorrect: label == best,
      isInTop5: label.map { isAmongFirst(5, label: $0) } ?? false)
  }

  /// A class's score as a logit, up to a constant: a softmax squeezes errors together where it is
  /// sure of itself, and differences between two runs are compared before it.
  func logit(_ index: Int) -> Float {
    areProbabilities ? Float(logProbabilities[index]) : scores[index]
  }

  /// The largest magnitude among the logits: the scale of their rounding errors.
  var scale: Float {
    scores.indices.reduce(0) { max($0, abs(logit($1))) }
  }

  /// The first `count` classes, highest first, ties by lower index.
  func leading(_ count: Int) -> [RankedScore] {
    var leading: [RankedScore] = []
    leading.reserveCapacity(count + 1)
    for index in scores.indices {
      let entry = RankedScore(index: index, score: logit(index))
      if leading.count == count, let last = leading.last, entry.score <= last.score { continue }
      let place = leading.firstIndex { entry.score > $0.score } ?? leading.count
      leading.insert(entry, at: place)
      if leading.count > count { leading.removeLast() }
    }
    return leading
  }

  /// How far the verdict is from being another: the smaller of best minus second, and of the label's
  /// distance from the edge between the fifth and the sixth; NaN when a score is none.
  ///
  /// If no logit changes by more than e, a verdict with a margin above 2e stays.
  func margin(label: Int?) -> Float {
    guard !scores.contains(where: \.isNaN) else { return .nan }
    let first = leading(6)
    guard first.count > 1 else { return .infinity }
    let margin = first[0].score - first[1].score
    guard let label, scores.indices.contains(label), first.count == 6 else { return margin }
    let own = logit(label)
    let isInside = first.prefix(5).contains { $0.index == label }
    return min(margin, isInside ? own - first[5].score : first[4].score - own)
  }

  /// The most that any class gained on the first one in `other`, and on the label, or the label on any
  /// other, where that could bring it out of the first five or into them: logits.
  ///
  /// A verdict with a larger ``margin(label:)`` is the same in `other`. Infinite when a score is no
  /// number, which says nothing about any other sample.
  func shift(to other: ClassScores, label: Int?) -> Float {
    guard scores.indices.contains(best), other.scores.count == scores.count else {
      return .infinity
    }
    var (least, most) = (Float.infinity, -Float.infinity)
    for index in scores.indices {
      let gain = other.logit(index) - logit(index)
      guard gain.isFinite else { return .infinity }
      least = min(least, gain)
      most = max(most, gain)
    }
    let shift = most - (other.logit(best) - logit(best))
    guard let label, scores.indices.contains(label), scores.count > 5 else { return shift }
    let own = other.logit(label) - logit(label)
    return max(shift, isAmongFirst(5, label: label) ? most - own : own - least)
  }
}
