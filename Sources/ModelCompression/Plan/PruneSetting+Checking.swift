import NetworkGraph
import Tensors

extension PruneSetting {
  /// Whether the criterion is |w|.
  var isByMagnitude: Bool { criterion == MagnitudeCriterion().name }

  /// Checks amount and criterion.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan`.
  func check(layer: CompressibleLayer) throws(EngineError) { _ = try criterion(for: layer) }

  /// The criterion, once the amount is seen to be in range.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan`.
  func criterion(for layer: CompressibleLayer) throws(EngineError) -> any ImportanceCriterion {
    guard (0...1).contains(amount) else {
      throw EngineError(
        .invalidPlan, subject: "layer '\(layer.name)'",
        problem: "amount \(amount) is not between 0 and 1", remedy: "70 % is written 0.7")
    }
    guard let found = CriterionRegistry.standard[criterion] else {
      throw EngineError(
        .invalidPlan, subject: "layer '\(layer.name)'",
        problem: "criterion '\(criterion)' is not supported by this version",
        remedy: "Supported: \(CriterionRegistry.standard.names.joined(separator: ", "))")
    }
    return found
  }
}
