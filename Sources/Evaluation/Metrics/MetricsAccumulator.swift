import Foundation

/// Adds up sample outcomes in evaluation order, so that the same samples give the same metrics
/// whatever the number of workers.
struct MetricsAccumulator {
  private var images = 0
  private var labelled = 0
  private var baseline = (correct: 0, top5: 0, loss: 0.0)
  private var plan = (correct: 0, top5: 0, loss: 0.0)
  private var better = 0
  private var worse = 0
  private var compared = 0
  private var agreeing = 0
  private var divergence = 0.0
  private var cosine = 0.0
  private var signal = 0.0
  private var noise = 0.0

  /// Adds one sample.
  mutating func add(_ outcome: SampleOutcome) {
    images += 1
    cosine += outcome.cosine
    signal += outcome.signal
    noise += outcome.noise
    if let agrees = outcome.agrees {
      compared += 1
      if agrees { agreeing += 1 }
      divergence += outcome.divergence ?? 0
    }
    guard let scores = outcome.labelled else { return }
    labelled += 1
    Self.add(scores.baseline, to: &baseline)
    Self.add(scores.plan, to: &plan)
    if scores.plan.isCorrect && !scores.baseline.isCorrect { better += 1 }
    if scores.baseline.isCorrect && !scores.plan.isCorrect { worse += 1 }
  }

  private static func add(
    _ score: SampleOutcome.Score, to sums: inout (correct: Int, top5: Int, loss: Double)
  ) {
    if score.isCorrect { sums.correct += 1 }
    if score.isInTop5 { sums.top5 += 1 }
    sums.loss += score.loss
  }

  /// The metrics of the samples added so far.
  func metrics(total: Int, seconds: Double) -> PreviewMetrics {
    func accuracy(_ sums: (correct: Int, top5: Int, loss: Double)) -> PreviewMetrics.Accuracy? {
      guard labelled > 0 else { return nil }
      let n = Double(labelled)
      return PreviewMetrics.Accuracy(
        correct: sums.correct, top1: Double(sums.correct) / n, top5: Double(sums.top5) / n,
        loss: sums.loss / n)
    }
    let paired = PairedDifference(worse: worse, better: better, images: labelled)
    return PreviewMetrics(
      images: images, total: total, baseline: accuracy(baseline), plan: accuracy(plan),
      delta: labelled == 0
        ? nil
        : PreviewMetrics.Delta(
          top1: paired.delta, interval95: paired.interval95, p: paired.p, better: better,
          worse: worse),
      agreement: compared == 0 ? nil : Double(agreeing) / Double(compared),
      divergence: compared == 0 ? nil : divergence / Double(compared),
      cosine: images == 0 ? 1 : cosine / Double(images),
      sqnr: Self.decibels(signal: signal, noise: noise), seconds: seconds)
  }

  /// 10 log10(signal / noise); infinity without noise.
  static func decibels(signal: Double, noise: Double) -> Double {
    noise == 0 ? .infinity : 10 * log10(signal / noise)
  }
}
