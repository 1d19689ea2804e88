/// What the data are for, and so which measure of accuracy applies.
public enum EvaluationTask: String, Sendable, Hashable, Codable, CaseIterable {
  /// One class per image: `labels`.
  case classification
  /// Boxes with classes: ``EvaluationData/boxes``.
  case detection
  /// Pairs with a score of likeness: ``EvaluationData/scores``.
  case similarity
  /// One class per pixel: an array `labels` or `masks`, (N, H, W).
  case segmentation
  /// Numbers to be hit: an array `targets`, (N) or (N, K).
  case regression
  /// No ground truth: outputs are compared with those of the original model.
  case agreement

  /// Names under which arrays of ground truth are looked for where labels of whole items are not meant,
  /// the likeliest first; empty for other tasks.
  public var targetNames: [String] {
    switch self {
    case .segmentation:
      ["labels", "masks", "label", "mask", "segmentation", "targets", "target", "y"]
    case .regression: ["targets", "target", "values", "labels", "label", "y"]
    case .classification, .detection, .similarity, .agreement: []
    }
  }
}
