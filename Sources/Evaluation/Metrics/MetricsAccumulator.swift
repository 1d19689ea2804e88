import Foundation

/// Adds up sample outcomes in evaluation order, so that the same samples give the same metrics
/// whatever the number of workers.
struct MetricsAccumulator {
  private var images = 0
  private var labelled = 0
  private var losses = (baseline: 0.0, plan: 0.0)
  private var counts = ClassCounts()
  private var divergence = 0.0
  private var cosine = 0.0
  private var signal = 0.0
  private var noise = 0.0
  private var samples = TaskSamples()
  private let measure: (any EvaluationMeasure)?

  /// - Parameter measure: How the task judges outputs; nil for classes, and where only agreement is
  ///   known.
  init(measure: (any EvaluationMeasure)? = nil) { self.measure = measure }

  /// Adds one sample.
  mutating func add(_ outcome: SampleOutcome) {
    images += 1
    cosine += outcome.cosine
    signal += outcome.signal
    noise += outcome.noise
    if let evidence = outcome.evidence { samples.add(evidence) }
    guard let classes = outcome.classes else { return }
    counts.add(baseline: classes.baseline, plan: classes.plan)
    divergence += classes.divergence
    guard let own = classes.losses else { return }
    labelled += 1
    losses.baseline += own.baseline
    losses.plan += own.plan
  }

  /// The task's figures over the samples added so far; nil without any.
  ///
  /// - Parameters:
  ///   - isFinal: Whether no more samples follow.
  ///   - isCancelled: Whether nobody waits for them any more.
  func taskResult(
    isFinal: Bool, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> TaskResult? {
    guard let measure, samples.count > 0 else { return nil }
    var samples = samples
    samples.isFinal = isFinal
    samples.isCancelled = isCancelled
    return measure.result(of: samples)
  }

  /// The metrics of the samples added so far, but for the task's own figures.
  func metrics(total: Int, seconds: Double, precision: MeasuredPrecision) -> PreviewMetrics {
    var metrics = PreviewMetrics(
      images: images, total: total, baseline: nil, plan: nil, delta: nil, agreement: nil,
      divergence: counts.images == 0 ? nil : divergence / Double(counts.images),
      cosine: images == 0 ? 1 : cosine / Double(images),
      sqnr: Self.decibels(signal: signal, noise: noise), seconds: seconds, precision: precision)
    if labelled > 0 {
      let n = Double(labelled)
      metrics.baseline = .init(correct: 0, top1: 0, top5: 0, loss: losses.baseline / n)
      metrics.plan = .init(correct: 0, top1: 0, top5: 0, loss: losses.plan / n)
    }
    counts.write(into: &metrics)
    return metrics
  }

  /// 10 log10(signal / noise); infinity without noise.
  static func decibels(signal: Double, noise: Double) -> Double {
    noise == 0 ? .infinity : 10 * log10(signal / noise)
  }
}
