/// What differs between plan and original, summed over samples: counts in the first four lanes,
/// measures in the others.
struct MarginSums: Sendable {
  private(set) var lanes: SIMD8<Double> = .zero

  /// Samples that only the plan gets right.
  var better: Double { lanes[0] }
  /// Samples that only the original gets right.
  var worse: Double { lanes[1] }
  /// Samples whose first class changed.
  var changes: Double { lanes[2] }
  /// Samples with their label among the first five, plan minus original.
  var top5: Double { lanes[3] }
  /// Cross-entropy, plan minus original, nats.
  var loss: Double { lanes[4] }
  /// Divergence, nats.
  var divergence: Double { lanes[5] }
  /// 1 - cosine.
  var distance: Double { lanes[6] }
  /// Sum of squares of the difference between the outputs.
  var noise: Double { lanes[7] }

  /// Nothing.
  init() {}

  private init(_ lanes: SIMD8<Double>) { self.lanes = lanes }

  /// The sums of some samples.
  init(_ outcomes: some Sequence<SampleOutcome>) {
    for outcome in outcomes {
      guard let classes = outcome.classes else { continue }
      let (before, after) = (classes.baseline, classes.plan)
      lanes += SIMD8(
        after.isCorrect && !before.isCorrect ? 1 : 0, before.isCorrect && !after.isCorrect ? 1 : 0,
        before.best == after.best ? 0 : 1, (after.isInTop5 ? 1 : 0) - (before.isInTop5 ? 1 : 0),
        classes.losses.map { $0.plan - $0.baseline } ?? 0, classes.divergence, 1 - outcome.cosine,
        outcome.noise)
    }
  }

  static func + (a: MarginSums, b: MarginSums) -> MarginSums { MarginSums(a.lanes + b.lanes) }
  static func - (a: MarginSums, b: MarginSums) -> MarginSums { MarginSums(a.lanes - b.lanes) }
  static func * (sums: MarginSums, factor: Double) -> MarginSums {
    MarginSums(sums.lanes * factor)
  }
  static func += (a: inout MarginSums, b: MarginSums) { a.lanes += b.lanes }

  /// The counts of one, and the measures of another.
  static func counts(of counts: MarginSums, measuresOf measures: MarginSums) -> MarginSums {
    var lanes = measures.lanes
    for lane in 0..<4 { lanes[lane] = counts.lanes[lane] }
    return MarginSums(lanes)
  }
}
