import Tensors

/// How the scores of a layer are made comparable with those of others before all are ranked together.
///
/// Raw scores prune layers with small weights empty. None of these changes the order inside a layer, so
/// that they decide how much of each layer goes, and nothing else.
public enum ScoreNormalization: String, Sendable, Hashable, CaseIterable {
  /// The scores as they are.
  case none
  /// Divided by their mean (the default of Torch-Pruning).
  case mean
  /// Divided by their maximum.
  case max
  /// (score - mean) / standard deviation of all scores of the layer.
  case zscore
  /// Layer-adaptive magnitude pruning (LAMP, Lee and others 2021, arXiv:2010.07611, equation 4): the square
  /// of a score by the sum of the squares of all that are not lower, with equal scores in index order.
  case lamp

  /// The normalized scores, in double precision and rounded to float32.
  ///
  /// For ``lamp`` they are in ascending order, else in the given one. Where a mean, maximum, deviation
  /// or sum is 0, all are 0.
  func normalized(_ scores: [Float]) -> [Float] {
    let count = Double(Swift.max(scores.count, 1))
    func divided(by divisor: Double) -> [Float] {
      scores.map { divisor == 0 ? 0 : Float(Double($0) / divisor) }
    }
    switch self {
    case .none: return scores
    case .mean: return divided(by: scores.reduce(0.0) { $0 + Double($1) } / count)
    case .max: return divided(by: Double(scores.max() ?? 0))
    case .zscore:
      let mean = scores.reduce(0.0) { $0 + Double($1) } / count
      let variance =
        scores.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
      let deviation = variance.squareRoot()
      return scores.map { deviation == 0 ? 0 : Float((Double($0) - mean) / deviation) }
    case .lamp:
      var sorted = scores.sorted()
      var sum = 0.0
      for index in sorted.indices.reversed() {
        let square = Double(sorted[index]) * Double(sorted[index])
        sum += square
        sorted[index] = sum == 0 ? 0 : Float(square / sum)
      }
      return sorted
    }
  }
}
