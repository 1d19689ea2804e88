/// What one batch in the order of margins says about a plan.
struct MarginBatch: Sendable {
  /// Its place in the order.
  let index: Int
  /// What each of its samples says.
  let outcomes: [SampleOutcome]
  /// Samples whose first class changed.
  let changes: Int
  /// Samples that only the plan gets right, less those that only the original does.
  let net: Int
  /// The largest shift of any sample.
  let shift: Float
  /// The largest margin of a sample whose verdict changed; -infinity when none did.
  let changedMargin: Float

  /// Sums up a batch.
  init(index: Int, outcomes: [SampleOutcome]) {
    self.index = index
    self.outcomes = outcomes
    var (changes, net) = (0, 0)
    var (shift, changedMargin): (Float, Float) = (0, -.infinity)
    for classes in outcomes.lazy.compactMap(\.classes) {
      if classes.baseline.best != classes.plan.best { changes += 1 }
      net += (classes.plan.isCorrect ? 1 : 0) - (classes.baseline.isCorrect ? 1 : 0)
      shift = max(shift, classes.shift)
      if classes.baseline != classes.plan { changedMargin = max(changedMargin, classes.margin) }
    }
    (self.changes, self.net, self.shift, self.changedMargin) = (changes, net, shift, changedMargin)
  }

  /// What a batch under way is expected to say: like the one before it, and not quiet.
  init(expecting index: Int, after last: MarginBatch?) {
    self.index = index
    outcomes = []
    changes = max(last?.changes ?? 0, 1)
    net = last?.net ?? 0
    shift = last?.shift ?? 0
    changedMargin = -.infinity
  }
}
