import Foundation

/// What an ordered scan says about all images from the batches that it ran.
///
/// Batches between two that were run are interpolated linearly. Behind the last one of a decided cell
/// no class changes. While a cell is under way, changes are taken to fade to the end of the order.
struct ScanEstimate: Sendable {
  /// The original network's own sums of each batch, in order.
  let baseline: [CellTally]

  /// Images gained (lost, when negative) from the first batch run to the last.
  static func netChange(_ points: [CellRecord.Point]) -> Double {
    var sum = 0.0
    for (index, point) in points.enumerated() {
      let own = Double(point.tally.better - point.tally.worse)
      sum += own
      guard index > 0 else { continue }
      let before = points[index - 1]
      let skipped = Double(point.batch - before.batch - 1)
      sum += skipped * (own + Double(before.tally.better - before.tally.worse)) / 2
    }
    return sum
  }

  /// Writes what is known into a cell.
  func report(_ record: CellRecord, in cell: inout SensitivityCell) {
    cell.images = record.total.images
    guard let last = record.points.last else { return }
    let all = baseline.reduce(into: CellTally()) { $0.add($1) }
    let tail: Tail = record.isDecided ? .none : .fading
    func sum(_ tail: Tail, _ value: (CellTally) -> Double) -> Double {
      total(record.points, tail: tail) { value($0.tally) / Double($0.tally.images) }
    }
    let images = Double(max(all.images, 1))
    cell.cosine = 1 - sum(.level) { Double($0.images) - $0.cosine } / images
    let noise = sum(.level) { $0.signal == 0 ? 0 : $0.noise / $0.signal * Double($0.images) }
    cell.outputSQNR = noise == 0 ? .infinity : 10 * log10(images / noise)
    if all.compared > 0 {
      cell.agreement = 1 - sum(tail) { Double($0.changes) } / images
      cell.divergence = sum(.level, \.divergence) / images
    }
    guard all.labelled > 0, last.tally.labelled > 0 else { return }
    let better = sum(tail) { Double($0.better) }
    let worse = sum(tail) { Double($0.worse) }
    let delta = (better - worse) / images
    cell.delta = delta
    cell.top1 = Double(all.correct) / images + delta
    cell.correct = all.correct + Int((better - worse).rounded())
    cell.better = Int(better.rounded())
    cell.worse = Int(worse.rounded())
    cell.p =
      PairedDifference(
        worse: Int(worse.rounded()), better: Int(better.rounded()), images: all.images
      ).p
    let paired = max(better + worse - (better - worse) * (better - worse) / images, 0)
    let half = 1.959964 * (paired + skippedVariance(record.points)).squareRoot() / images
    cell.interval95 = (delta - half)...(delta + half)
    let top5 = total(record.points, tail: tail) { point in
      Double(point.tally.top5 - baseline[point.batch].top5) / Double(point.tally.images)
    }
    cell.top5 = (Double(all.top5) + top5) / images
    let loss = total(record.points, tail: .level) { point in
      (point.tally.loss - baseline[point.batch].loss) / Double(point.tally.images)
    }
    cell.loss = (all.loss + loss) / images
  }

  /// What is taken for the batches behind the last one run.
  private enum Tail {
    /// Nothing.
    case none
    /// The last rate, falling to zero at the end.
    case fading
    /// The last rate.
    case level
  }

  /// The sum over all images of something whose rate per image is known in the batches run.
  private func total(
    _ points: [CellRecord.Point], tail: Tail, _ rate: (CellRecord.Point) -> Double
  ) -> Double {
    var sum = 0.0
    var before: (batch: Int, rate: Double)?
    for point in points {
      let own = rate(point)
      sum += own * Double(baseline[point.batch].images)
      if let before {
        for batch in (before.batch + 1)..<max(point.batch, before.batch + 1) {
          let share = Double(batch - before.batch) / Double(point.batch - before.batch)
          sum += (before.rate + (own - before.rate) * share) * Double(baseline[batch].images)
        }
      }
      before = (point.batch, own)
    }
    guard let before, tail != .none else { return sum }
    let left = baseline.count - before.batch
    for batch in (before.batch + 1)..<max(baseline.count, before.batch + 1) {
      let share = tail == .level ? 1 : 1 - Double(batch - before.batch) / Double(left)
      sum += before.rate * share * Double(baseline[batch].images)
    }
    return sum
  }

  /// The variance that interpolating adds to the number of images gained: the mean of two batches of
  /// n images stands for the images between them.
  private func skippedVariance(_ points: [CellRecord.Point]) -> Double {
    var sum = 0.0
    for (before, after) in zip(points, points.dropFirst()) where after.batch > before.batch + 1 {
      let both = Double(before.tally.images + after.tally.images)
      let changed = Double(
        before.tally.better + before.tally.worse + after.tally.better + after.tally.worse)
      let net = Double(
        before.tally.better - before.tally.worse + after.tally.better - after.tally.worse)
      let variance = max(changed / both - (net / both) * (net / both), 0)
      let skipped = ((before.batch + 1)..<after.batch).reduce(0) { $0 + baseline[$1].images }
      sum += Double(skipped) * Double(skipped) * variance / both
    }
    return sum
  }
}
