import Foundation

/// What the images counted so far say about one cell: sums that more images are added to.
///
/// Adding the same batches in the same order gives the same sums, bit for bit, so a scan that was
/// interrupted goes on from a tally that was written down.
struct CellTally: Sendable, Hashable, Codable {
  var images = 0
  var labelled = 0
  var correct = 0
  var top5 = 0
  var better = 0
  var worse = 0
  var compared = 0
  var agreeing = 0
  var loss = 0.0
  var divergence = 0.0
  var cosine = 0.0
  var signal = 0.0
  var noise = 0.0
  /// The most that any class gained on the original network's first class, in logits.
  var shift: Float = 0

  /// The task's figures of a finished cell.
  var task: TaskResult?
  /// What the task keeps of each sample, which is not written down.
  var evidence: [PairedEvidence] = []

  private enum CodingKeys: CodingKey {
    case images, labelled, correct, top5, better, worse, compared, agreeing, loss, divergence
    case cosine, signal, noise, shift, task
  }

  /// Images whose first class changed.
  var changes: Int { compared - agreeing }

  /// Adds one sample.
  mutating func add(_ outcome: SampleOutcome) {
    images += 1
    cosine += outcome.cosine
    signal += outcome.signal
    noise += outcome.noise
    if let own = outcome.evidence { evidence.append(own) }
    guard let classes = outcome.classes else { return }
    compared += 1
    if classes.baseline.best == classes.plan.best { agreeing += 1 }
    divergence += classes.divergence
    guard let losses = classes.losses else { return }
    labelled += 1
    if classes.plan.isCorrect { correct += 1 }
    if classes.plan.isInTop5 { top5 += 1 }
    if classes.plan.isCorrect && !classes.baseline.isCorrect { better += 1 }
    if classes.baseline.isCorrect && !classes.plan.isCorrect { worse += 1 }
    loss += losses.plan
  }

  /// Finds the task's figures of a finished cell, and lets go of what they are made of.
  mutating func finish(_ measure: any EvaluationMeasure) {
    guard !evidence.isEmpty else { return }
    var samples = TaskSamples()
    for own in evidence { samples.add(own) }
    task = measure.result(of: samples)
    evidence = []
  }

  /// Adds the sums of further samples.
  mutating func add(_ other: CellTally) {
    images += other.images
    labelled += other.labelled
    correct += other.correct
    top5 += other.top5
    better += other.better
    worse += other.worse
    compared += other.compared
    agreeing += other.agreeing
    loss += other.loss
    divergence += other.divergence
    cosine += other.cosine
    signal += other.signal
    noise += other.noise
    shift = max(shift, other.shift)
    evidence += other.evidence
  }

  /// The accuracy; nil without labels.
  var accuracy: PreviewMetrics.Accuracy? {
    guard labelled > 0 else { return nil }
    let n = Double(labelled)
    return PreviewMetrics.Accuracy(
      correct: correct, top1: Double(correct) / n, top5: Double(top5) / n, loss: loss / n)
  }

  /// Writes what is known into a cell.
  func report(in cell: inout SensitivityCell) {
    cell.images = images
    cell.task = task
    guard images > 0 else { return }
    cell.cosine = cosine / Double(images)
    cell.outputSQNR = noise == 0 ? .infinity : 10 * log10(signal / noise)
    if compared > 0 {
      cell.agreement = Double(agreeing) / Double(compared)
      cell.divergence = divergence / Double(compared)
    }
    guard let accuracy else { return }
    cell.correct = accuracy.correct
    cell.top1 = accuracy.top1
    cell.top5 = accuracy.top5
    cell.loss = accuracy.loss
    let paired = PairedDifference(worse: worse, better: better, images: labelled)
    cell.delta = paired.delta
    cell.interval95 = paired.interval95
    cell.p = paired.p
    cell.better = better
    cell.worse = worse
  }
}
