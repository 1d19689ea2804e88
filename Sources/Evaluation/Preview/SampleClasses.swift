/// What an evaluation said of the class of each sample, in evaluation order; empty when outputs are no
/// class scores.
struct SampleClasses: Sendable {
  /// The original's verdicts.
  private(set) var baseline: [ClassVerdict] = []
  /// What a draft says of the original; empty after exact evaluations.
  private(set) var baselineDrafts: [DraftSample] = []
  /// What a draft says of the plan; likewise.
  private(set) var planDrafts: [DraftSample] = []

  /// Adds the next sample.
  mutating func add(_ outcome: SampleOutcome) {
    guard let classes = outcome.classes else { return }
    if let drafts = classes.drafts {
      baselineDrafts.append(drafts.baseline)
      planDrafts.append(drafts.plan)
    } else {
      baseline.append(classes.baseline)
    }
  }
}
