/// Counts over the verdicts of original and plan on the same samples.
struct ClassCounts: Sendable {
  /// Samples counted.
  private(set) var images = 0
  private var baseline = (correct: 0, top5: 0)
  private var plan = (correct: 0, top5: 0)
  private var better = 0
  private var worse = 0
  private var agreeing = 0

  /// Counts one sample.
  mutating func add(baseline: ClassVerdict, plan: ClassVerdict) {
    images += 1
    if baseline.best == plan.best { agreeing += 1 }
    if baseline.isCorrect { self.baseline.correct += 1 }
    if baseline.isInTop5 { self.baseline.top5 += 1 }
    if plan.isCorrect { self.plan.correct += 1 }
    if plan.isInTop5 { self.plan.top5 += 1 }
    if plan.isCorrect && !baseline.isCorrect { better += 1 }
    if baseline.isCorrect && !plan.isCorrect { worse += 1 }
  }

  /// Puts the counts in place of those of `metrics`; accuracies only where it has some, since
  /// without labels there are none.
  func write(into metrics: inout PreviewMetrics) {
    guard images > 0 else { return }
    let n = Double(images)
    metrics.agreement = Double(agreeing) / n
    guard metrics.plan != nil else { return }
    metrics.baseline?.correct = baseline.correct
    metrics.baseline?.top1 = Double(baseline.correct) / n
    metrics.baseline?.top5 = Double(baseline.top5) / n
    metrics.plan?.correct = plan.correct
    metrics.plan?.top1 = Double(plan.correct) / n
    metrics.plan?.top5 = Double(plan.top5) / n
    let paired = PairedDifference(worse: worse, better: better, images: images)
    metrics.delta = PreviewMetrics.Delta(
      top1: paired.delta, interval95: paired.interval95, p: paired.p, better: better, worse: worse)
  }
}
