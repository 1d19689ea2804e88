/// How precisely an evaluation is asked for.
public enum EvaluationPrecision: String, CaseIterable, Sendable {
  /// Every image in 32-bit floats.
  case exact
  /// Counts as in 32-bit floats; images that can't flip are run in 16-bit floats only.
  case settled
  /// Every image in 16-bit floats, where the processor is fast in them.
  case draft
  /// Draft first, then settled, then exact.
  case auto
}
