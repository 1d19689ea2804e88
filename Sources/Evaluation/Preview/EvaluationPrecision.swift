/// How sure a measurement is asked to be.
///
/// Where outputs are class scores, samples are gone through by their margin in the original network,
/// and less sure results are the beginning of surer ones. Definitions: Documentation/metrics.md.
public enum EvaluationPrecision: String, CaseIterable, Sendable {
  /// Every sample in 32-bit floats.
  case exact
  /// Every sample whose class could differ from the original's in 32-bit floats.
  case settled
  /// Samples in order of margin until classes cease to change, in bfloat16 where that is fast; the rest
  /// is estimated.
  case draft
  /// The draft, then the settled counts, then the exact result, each told as soon as it is there.
  case auto
}
