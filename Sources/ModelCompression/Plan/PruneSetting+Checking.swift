import NetworkGraph
import Tensors

extension PruneSetting {
  /// Whether weights are ranked one by one by |w|, for which no scores are made.
  public var ranksByMagnitude: Bool {
    pattern == .unstructured
      && (criterion == MagnitudeCriterion().name || criterion == L2Criterion().name)
  }

  /// What is wrong with a setting: the plan's key that says it, the problem and a remedy.
  typealias Fault = (key: String, problem: String, remedy: String?)

  /// Longest run of N:M.
  static let longestRun = 256

  /// What is wrong with the setting, as far as that can be told without a layer; nil for nothing.
  func fault() -> Fault? {
    patternFault() ?? measureFault() ?? scopeFault()
  }

  private func patternFault() -> Fault? {
    switch pattern {
    case .unstructured, .channel: return nil
    case .keep(let keep, let length):
      guard (2...Self.longestRun).contains(length), (1..<length).contains(keep) else {
        return (
          "pattern", "keep \(keep) of \(length) is not possible",
          "Keep at least 1 of a run of 2 to \(Self.longestRun), and not all: {keep: 2, of: 4}"
        )
      }
      guard measure == .amount, amount == Self.amount(keeping: keep, of: length) else {
        return (
          measure.rawValue, "the pattern keeps \(keep) of \(length), and so says the amount",
          "Leave '\(measure.rawValue)' out"
        )
      }
      return scope == .layer
        ? nil : ("scope", "a pattern of runs takes the same share of every layer", "Leave it out")
    case .block(let rows, let columns):
      return rows > 0 && columns > 0 && rows <= 1 << 20 && columns <= 1 << 20
        ? nil
        : ("pattern", "blocks of \(rows) x \(columns) are not possible", "Write {block: [4, 1]}")
    }
  }

  private func measureFault() -> Fault? {
    guard measure != .threshold else {
      guard amount.isFinite, amount >= 0 else {
        return ("threshold", "\(amount) times the standard deviation is not possible", nil)
      }
      guard ranksByMagnitude else {
        return (
          "threshold", "a threshold is one of single weights by their magnitude",
          "Give an amount, or remove criterion and pattern"
        )
      }
      return scope == .layer
        ? nil : ("scope", "a threshold is one of each layer by itself", "Leave 'scope' out")
    }
    guard (0...1).contains(amount) else {
      return (measure.rawValue, "amount \(amount) is not between 0 and 1", "70 % is written 0.7")
    }
    return nil
  }

  private func scopeFault() -> Fault? {
    if normalization != .none, scope != .global {
      return (
        "normalize", "layers are made comparable only where they are ranked together",
        "Add scope: global"
      )
    }
    guard (0...1).contains(alpha) else {
      return ("alpha", "alpha \(alpha) is not between 0 and 1", nil)
    }
    if alpha != Self.standardAlpha, criterion != MixedCriterion().name {
      return ("alpha", "'alpha' is the share of weights in criterion mixed", "Leave it out")
    }
    return nil
  }

  /// Checks everything that can be told without the weights.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan`.
  func check(layer: CompressibleLayer) throws(EngineError) { _ = try criterion(for: layer) }

  /// The criterion, once the setting is seen to be in order.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan`.
  func criterion(for layer: CompressibleLayer) throws(EngineError) -> any ImportanceCriterion {
    guard let found = CriterionRegistry.standard[criterion] else {
      throw EngineError(
        .invalidPlan, subject: "layer '\(layer.name)'",
        problem: "criterion '\(criterion)' is not supported by this version",
        remedy: "Supported: \(CriterionRegistry.standard.names.joined(separator: ", "))")
    }
    if let fault = fault() {
      throw EngineError(
        .invalidPlan, subject: "layer '\(layer.name)'", problem: fault.problem,
        remedy: fault.remedy)
    }
    return found
  }
}
