/// How sure a measurement is asked to be.
///
/// A *draft* runs in bfloat16; where the machine is not fast in it, every measurement is exact from the
/// start. Definitions: Documentation/metrics.md.
public enum EvaluationPrecision: String, CaseIterable, Sendable {
  /// Every sample in 32-bit floats.
  case exact
  /// A draft, with every sample whose class could differ measured again in 32-bit floats.
  case settled
  /// Every sample in bfloat16.
  case draft
  /// The draft, then the settled counts, then the exact result, each told as soon as it is there.
  case auto
}
