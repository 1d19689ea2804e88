import Evaluation
import Foundation

/// What the cells of the sensitivity table show, and how much of it is tolerated.
public enum SensitivityMeasure: String, Sendable, Hashable, CaseIterable {
  /// Points of top-1 lost.
  case top1 = "top-1"
  /// Points lost of the figure that the task is judged by: ``TaskFigure/drop``.
  case headline = "headline"
  /// Mean cross-entropy.
  case loss = "loss"
  /// Points of predictions that differ from the original's.
  case disagreement = "disagreement"
  /// Kullback-Leibler divergence of the class probabilities from the original's.
  case divergence = "KL"
  /// Signal to quantization noise ratio of the network's outputs.
  case outputSQNR = "output-SQNR"
  /// The same of the layer's own output.
  case localSQNR = "layer-SQNR"
  /// The same of the layer's weights, which needs no run of the network.
  case weightSQNR = "weight-SQNR"
  /// The growth of the loss that the Fisher information predicts, from one pass backwards.
  case fisher = "Fisher"

  /// In words, without the unit.
  var name: String {
    switch self {
    case .top1: "top-1 loss"
    case .headline: "loss of the headline"
    case .loss: "cross-entropy"
    case .disagreement: "disagreement"
    case .divergence: "KL divergence"
    case .outputSQNR: "output SQNR"
    case .localSQNR: "layer SQNR"
    case .fisher: "Fisher loss growth"
    case .weightSQNR: "weight SQNR"
    }
  }

  /// In words for titles: `top-1 loss (pt)`.
  var title: String { "\(name) (\(unit))" }

  /// The unit.
  var unit: String {
    switch self {
    case .top1, .headline, .disagreement: "pt"
    case .loss, .divergence, .fisher: "nats"
    case .outputSQNR, .localSQNR, .weightSQNR: "dB"
    }
  }

  /// Whether more is better: signal to noise ratios.
  var isRatio: Bool { unit == "dB" }
  /// Whether it is known before anything was measured.
  var isFree: Bool { self == .weightSQNR }

  /// Budgets that one key goes through, the usual one first.
  var budgets: [Double] {
    switch self {
    case .top1, .headline: [1, 2, 5, 0.25, 0.5]
    case .loss, .fisher: [0.05, 0.1, 0.2, 0.01, 0.02]
    case .disagreement: [2, 5, 10, 0.5, 1]
    case .divergence: [0.02, 0.05, 0.1, 0.005, 0.01]
    case .outputSQNR, .localSQNR, .weightSQNR: [15, 20, 25, 30, 10]
    }
  }

  /// What a cell holds of it; nil while it is not known.
  func value(_ cell: SensitivityCell) -> Double? {
    switch self {
    case .top1: cell.delta.map { -$0 * 100 }
    case .headline: cell.task?.headline.drop
    case .loss: cell.loss
    case .disagreement: cell.agreement.map { (1 - $0) * 100 }
    case .divergence: cell.divergence
    case .outputSQNR: cell.outputSQNR
    case .localSQNR: cell.localSQNR
    case .fisher: cell.fisher
    case .weightSQNR: cell.weightSQNR
    }
  }

  /// How far a value lies beyond the budget, in doublings: 0 at the budget, negative within it.
  ///
  /// Six decibels count as a doubling.
  func excess(_ value: Double, budget: Double, baseline: Double = 0) -> Double {
    if isRatio { return (budget - value) / 6 }
    let harm = self == .loss ? value - baseline : value
    return harm <= 0 ? -.infinity : log2(harm / max(budget, 1e-9))
  }

  /// A value in at most four places.
  func text(_ value: Double) -> String {
    switch self {
    case .top1, .headline, .disagreement:
      return abs(value) >= 99.95 ? Figures.fixed(value, 0) : Figures.fixed(value, 1)
    case .outputSQNR, .localSQNR, .weightSQNR:
      return abs(value) >= 99.95 && value.isFinite
        ? Figures.fixed(value, 0) : Figures.fixed(value, 1)
    case .loss, .divergence, .fisher:
      if value < 0.9995 {
        let text = Figures.fixed(value, 3)
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
      }
      return Figures.fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
    }
  }

  /// A budget in words: `1.0 pt`.
  func budgetText(_ budget: Double) -> String {
    let decimals = isRatio ? 0 : unit == "pt" ? (budget < 0.995 ? 2 : 1) : budget < 0.01 ? 3 : 2
    return "\(Figures.fixed(budget, decimals)) \(unit)"
  }
}
