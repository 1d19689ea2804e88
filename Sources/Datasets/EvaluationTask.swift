/// What the data are for, and so which measure of accuracy applies.
public enum EvaluationTask: String, Sendable, Hashable, CaseIterable {
  /// One class per image: `labels`.
  case classification
  /// Boxes with classes: ``EvaluationData/boxes``.
  case detection
  /// Pairs with a score of likeness: ``EvaluationData/scores``.
  case similarity
  /// No ground truth: outputs are compared with those of the original model.
  case agreement
}
