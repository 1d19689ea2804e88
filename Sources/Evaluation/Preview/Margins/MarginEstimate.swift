import Foundation

/// What the batches that a rule ran say about all samples.
///
/// Samples between two batches that were run are interpolated. Behind the last one no verdict changes
/// when the rule says that it is enough; while it is under way, changes are taken to fade to the end.
/// Loss, divergence, cosine and noise of the samples behind the last one are the mean of the probes
/// there.
struct MarginEstimate {
  private let order: MarginOrder
  private let rule: MarginRule

  init(order: MarginOrder, rule: MarginRule) {
    self.order = order
    self.rule = rule
  }

  private var isOver: Bool { rule.next == nil }
  private var probes: ArraySlice<MarginBatch> { rule.taken.prefix(order.probes) }
  private var ordered: ArraySlice<MarginBatch> { rule.taken.dropFirst(order.probes) }
  private var total: Int { order.samples.count }

  /// The samples that were run.
  var measured: Int { rule.taken.reduce(0) { $0 + $1.outcomes.count } }

  /// The metrics of all samples; the counts are estimates.
  func metrics(seconds: Double, precision: MeasuredPrecision) -> PreviewMetrics {
    let (sums, tail) = sums
    let images = Double(max(total, 1))
    let baseline = baseline
    var metrics = PreviewMetrics(
      images: isOver ? total : measured, total: total, baseline: baseline, plan: nil, delta: nil,
      agreement: 1 - sums.changes.rounded() / images,
      divergence: max(sums.divergence / images, 0), cosine: 1 - sums.distance / images,
      sqnr: MetricsAccumulator.decibels(
        signal: order.samples.reduce(0) { $0 + $1.signal }, noise: sums.noise),
      seconds: seconds, precision: precision)
    metrics.measured = measured
    guard let baseline else { return metrics }
    let paired = PairedDifference(
      worse: Int(sums.worse.rounded()), better: Int(sums.better.rounded()), images: total)
    let top5 = Int((baseline.top5 * images).rounded() + sums.top5.rounded())
    metrics.plan = PreviewMetrics.Accuracy(
      correct: baseline.correct + paired.better - paired.worse,
      top1: Double(baseline.correct + paired.better - paired.worse) / images,
      top5: Double(min(max(top5, 0), total)) / images,
      loss: baseline.loss + sums.loss / images)
    metrics.delta = PreviewMetrics.Delta(
      top1: paired.delta, interval95: interval(paired, tail: tail), p: paired.p,
      better: paired.better, worse: paired.worse)
    return metrics
  }

  /// The original's own figures; nil without labels.
  private var baseline: PreviewMetrics.Accuracy? {
    var (labelled, correct, top5) = (0, 0, 0)
    // In preview order, as an exact evaluation adds them.
    var losses = 0.0
    for sample in order.inPreviewOrder(order.samples) {
      guard let loss = sample.loss else { continue }
      labelled += 1
      losses += loss
      if sample.verdict.isCorrect { correct += 1 }
      if sample.verdict.isInTop5 { top5 += 1 }
    }
    guard labelled > 0 else { return nil }
    let n = Double(labelled)
    return PreviewMetrics.Accuracy(
      correct: correct, top1: Double(correct) / n, top5: Double(top5) / n, loss: losses / n)
  }

  /// The sums over all samples, and the part of them behind the last batch.
  private var sums: (all: MarginSums, tail: MarginSums) {
    var sums = MarginSums()
    for batch in probes { sums += MarginSums(batch.outcomes) }
    var before: (index: Int, rate: MarginSums)?
    for batch in ordered {
      let own = MarginSums(batch.outcomes)
      let rate = own * (1 / Double(max(batch.outcomes.count, 1)))
      sums += own
      if let before, before.index + 1 < batch.index {
        for index in (before.index + 1)..<batch.index {
          let share = Double(index - before.index) / Double(batch.index - before.index)
          sums += (before.rate + (rate - before.rate) * share) * images(index)
        }
      }
      before = (batch.index, rate)
    }
    let last = before?.index ?? order.probes - 1
    guard last + 1 < order.count else { return (sums, MarginSums()) }
    let level = levelBehind(last) ?? before?.rate ?? MarginSums()
    var tail = MarginSums()
    for index in (last + 1)..<order.count {
      let share = 1 - Double(index - last) / Double(order.count - last)
      let counts = isOver ? MarginSums() : (before?.rate ?? level) * share
      tail += MarginSums.counts(of: counts, measuresOf: level) * images(index)
    }
    return (sums + tail, tail)
  }

  private func images(_ batch: Int) -> Double { Double(order.batches.indices[batch].count) }

  /// The mean of the probes whose margins lie behind a batch; nil when they are too few to say.
  private func levelBehind(_ batch: Int) -> MarginSums? {
    let edge = batch + 1 < order.count ? order.margins[batch + 1] : .infinity
    let behind = probes.flatMap(\.outcomes).filter { ($0.classes?.margin ?? 0) >= edge }
    guard behind.count >= 4 else { return nil }
    return MarginSums(behind) * (1 / Double(behind.count))
  }

  /// The 95 % interval of the paired difference, wider by what was not run.
  ///
  /// Interpolated batches add the variance of their estimate. Behind an early end, samples whose margin is below ``MarginRule/threshold`` could have changed: with none
  /// among the last n run, a share of up to 3 / n could (rule of three), which falls to nothing at the
  /// threshold, so half of it counts. While the rule is under way, the changes expected of the rest add
  /// their own number as a variance, and the square of half of them.
  private func interval(_ paired: PairedDifference, tail: MarginSums) -> ClosedRange<Double> {
    let images = Double(max(total, 1))
    let own = paired.interval95
    let sampled = (own.upperBound - own.lowerBound) / 2 * images
    var variance = skippedVariance
    if !isOver { variance += tail.changes + tail.changes * tail.changes / 4 }
    let half = (sampled * sampled + 1.96 * 1.96 * variance).squareRoot() + possibleChanges
    return (paired.delta - half / images)...(paired.delta + half / images)
  }

  private var possibleChanges: Double {
    guard isOver, rule.kind == .early, let last = ordered.last else { return 0 }
    let start = min(order.range(last.index).upperBound, total)
    let near = order.samples[start...].prefix { !($0.margin > rule.threshold) }.count
    let quiet = ordered.suffix(rule.quiet).reduce(0) { $0 + $1.outcomes.count }
    return Double(near) * 1.5 / Double(max(quiet, order.batches.size))
  }

  /// The variance of the samples gained in the batches that were skipped.
  ///
  /// A batch that was run stands for half of those skipped on either side, so that its own sampling error
  /// counts that many times; and what is estimated is a sample of its own. The variance of one sample is
  /// that of a batch and its neighbours.
  private var skippedVariance: Double {
    let run = Array(ordered)
    let skipped = zip(run, run.dropFirst()).map { before, after in
      ((before.index + 1)..<max(after.index, before.index + 1)).reduce(0) { $0 + images($1) }
    }
    var sum = 0.0
    for index in run.indices {
      let before = index > 0 ? skipped[index - 1] : 0
      let after = index < skipped.count ? skipped[index] : 0
      let stands = (before + after) / 2
      guard stands > 0 else { continue }
      let near = run[max(index - 1, 0)...min(index + 1, run.count - 1)]
      let count = Double(near.reduce(0) { $0 + $1.outcomes.count })
      let changed = near.reduce(MarginSums()) { $0 + MarginSums($1.outcomes) }
      let net = Double(near.reduce(0) { $0 + $1.net })
      let variance = max(
        (changed.better + changed.worse) / count - (net / count) * (net / count), 0)
      let own = Double(run[index].outcomes.count)
      sum += (stands * stands / max(own, 1) + stands) * variance
    }
    return sum
  }
}

extension MarginEstimate {
  /// Metrics whose counts are those of 32-bit floats: the verdicts of the samples that were run, and the
  /// original's of all others.
  ///
  /// - Parameters:
  ///   - metrics: The estimate, for everything that is no count.
  ///   - verdicts: What 32-bit floats say of the plan, for the first samples of the order.
  func settled(_ metrics: PreviewMetrics, verdicts: [ClassVerdict]) -> PreviewMetrics {
    var counts = ClassCounts()
    for (index, sample) in order.samples.enumerated() {
      counts.add(
        baseline: sample.verdict, plan: index < verdicts.count ? verdicts[index] : sample.verdict)
    }
    var metrics = metrics
    counts.write(into: &metrics)
    metrics.precision = .settled
    return metrics
  }

  /// The verdicts of the batches that were run, which follow one another.
  var verdicts: [ClassVerdict] {
    rule.taken.flatMap { $0.outcomes.compactMap { $0.classes?.plan } }
  }

  /// What drafts say of them.
  var drafts: [DraftSample] {
    rule.taken.flatMap { $0.outcomes.compactMap { $0.classes?.drafts?.plan } }
  }

  /// The metrics of an evaluation that ran every sample, added up in preview order.
  func exact(seconds: Double) -> PreviewMetrics {
    var accumulator = MetricsAccumulator()
    for outcome in order.inPreviewOrder(rule.taken.flatMap(\.outcomes)) {
      accumulator.add(outcome)
    }
    return accumulator.metrics(total: total, seconds: seconds, precision: .exact)
  }
}
