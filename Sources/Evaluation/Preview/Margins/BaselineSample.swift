/// What the original network says of one sample, and how easily that changes.
struct BaselineSample: Sendable {
  /// The original's verdict.
  var verdict: ClassVerdict
  /// How far it is from being another one, logits.
  var margin: Float
  /// Cross-entropy in nats; nil without a label.
  var loss: Double?
  /// Sum of squares of the outputs.
  var signal: Double

  /// Reads it off any outcome of the sample; nil when outputs are no class scores.
  init?(_ outcome: SampleOutcome) {
    guard let classes = outcome.classes else { return nil }
    verdict = classes.baseline
    margin = classes.margin
    loss = classes.losses?.baseline
    signal = outcome.signal
  }

  /// Smallest margins come first; a sample without one before all others.
  var rank: Float { margin.isNaN ? -.infinity : margin }
}
