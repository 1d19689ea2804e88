import Datasets
import Foundation

extension HeadActivation {
  /// The scores of one box or cell as probabilities.
  func applied(to scores: [Double]) -> [Double] {
    switch self {
    case .none: return scores
    case .sigmoid: return scores.map(Self.sigmoid)
    case .softmax:
      let top = scores.max() ?? 0
      let powers = scores.map { exp($0 - top) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }

  /// 1 / (1 + exp(-x)).
  static func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
}
