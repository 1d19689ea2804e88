import Foundation

/// The content of `benchmark`.
struct BenchmarkReport: Encodable {
  /// Full runs of the model.
  struct Evaluations: Encodable {
    var seconds: [Double]
    var samplesPerSecond: Double
  }

  /// Edits of one layer.
  struct Edit: Encodable {
    var layer: String
    var seconds: [Double]
    var median: Double
    /// Seconds for a setting that was measured ahead.
    var ahead: Double
  }

  var machine: Machine
  var threads: Int
  var model: String
  var samples: Int
  /// What was asked for.
  var precision: String
  /// How sure the results were.
  var measured: [String] = []
  var evaluate: Evaluations?
  var edits: [Edit]?
  var train: TrainingBenchmark.Report?
  /// The geometric mean over the layers of the median seconds of an edit.
  var editGeometricMean: Double?

  /// The middle value; the mean of the two middle ones of an even number.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return .nan }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2
      : middle < sorted.count ? sorted[middle] : last
  }

  mutating func add(evaluations seconds: [Double]) {
    evaluate = Evaluations(
      seconds: seconds, samplesPerSecond: Double(samples) / Self.median(seconds))
  }

  mutating func add(edits measured: [BenchmarkRun.Edit]) {
    let edits = measured.map {
      Edit(layer: $0.layer, seconds: $0.seconds, median: Self.median($0.seconds), ahead: $0.ahead)
    }
    self.edits = edits
    let logarithms = edits.map { log($0.median) }
    editGeometricMean = exp(logarithms.reduce(0, +) / Double(max(edits.count, 1)))
  }

  /// The report in lines for people.
  var text: String {
    var lines = [
      "machine   \(machine.text); \(threads) threads in use",
      "model     \(model), \(samples) samples, \(precision) (\(measured.joined(separator: ", ")))",
    ]
    if let evaluate {
      lines.append(
        String(
          format: "evaluate  %.0f samples/s  median %.1f ms (%.1f...%.1f, %d rounds)",
          evaluate.samplesPerSecond, Self.median(evaluate.seconds) * 1e3,
          (evaluate.seconds.min() ?? 0) * 1e3, (evaluate.seconds.max() ?? 0) * 1e3,
          evaluate.seconds.count))
    }
    if let train {
      lines.append(
        String(
          format:
            "train     %.0f samples/s  median %.1f ms (%.1f...%.1f, %d steps of %d, shards of %d)",
          train.samplesPerSecond, Self.median(train.seconds) * 1e3,
          (train.seconds.min() ?? 0) * 1e3, (train.seconds.max() ?? 0) * 1e3,
          train.seconds.count, train.batch, train.shard))
    }
    if let edits, let mean = editGeometricMean {
      lines.append(
        String(
          format: "edits     %.1f ms from setting to number, geometric mean of %d layers",
          mean * 1e3,
          edits.count))
      let width = edits.map(\.layer.count).max() ?? 0
      for edit in edits {
        lines.append(
          "          " + edit.layer.padding(toLength: width, withPad: " ", startingAt: 0)
            + String(
              format: "  %7.1f ms (%.1f...%.1f)", edit.median * 1e3,
              (edit.seconds.min() ?? 0) * 1e3, (edit.seconds.max() ?? 0) * 1e3))
      }
    }
    return lines.joined(separator: "\n")
  }
}
