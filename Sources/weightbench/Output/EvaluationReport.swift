import Evaluation

/// The content of `evaluate`, with the JSON keys of the command contract.
struct EvaluationReport: Encodable {
  struct Accuracy: Encodable {
    var top1: Double
    var correct: Int
    var top5: Double
    var loss: Double?

    init(_ accuracy: PreviewMetrics.Accuracy) {
      top1 = accuracy.top1
      correct = accuracy.correct
      top5 = accuracy.top5
      loss = Output.finite(accuracy.loss)
    }
  }

  struct Delta: Encodable {
    var top1: Double
    var interval95: [Double]
    var p: Double
    var better: Int
    var worse: Int

    init(_ delta: PreviewMetrics.Delta) {
      top1 = delta.top1
      interval95 = [delta.interval95.lowerBound, delta.interval95.upperBound]
      p = delta.p
      better = delta.better
      worse = delta.worse
    }
  }

  /// What was measured of one network, or of the difference: of classes, or of boxes.
  enum Side<Classes: Encodable>: Encodable {
    case classes(Classes)
    case boxes(Boxes)

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .classes(let classes): try classes.encode(to: encoder)
      case .boxes(let boxes): try boxes.encode(to: encoder)
      }
    }

    /// What was measured of classes.
    var classes: Classes? {
      if case .classes(let classes) = self { classes } else { nil }
    }
  }

  /// A detector's figures, for which the contract has keys beside those under `task`.
  struct Boxes: Encodable {
    var map: Double?
    var map50: Double?
    var interval95: [Double]?

    /// - Parameter value: Picks a value out of a figure.
    init?(_ task: TaskResult?, _ value: (TaskFigure) -> Double?) {
      guard let task, task.headline.key == "map" else { return nil }
      map = value(task.headline)
      map50 = task.figures.first { $0.key == "map50" }.flatMap(value)
    }
  }

  struct Size: Encodable {
    var original: Int
    var originalWeights: Int
    var packedWeights: Int
    var stored: Int
    var formats: [String: Int]
  }

  struct Layer: Encodable {
    var name: String
    var sparsity: Double
    var bits: Int
    var storedBytes: Int
    var originalBytes: Int
    var encoding: String
    var sqnr: Double?
  }

  var images: Int
  /// Images that were run.
  var measured: Int
  var precision: String
  var seconds: Double
  var baseline: Side<Accuracy>?
  var plan: Side<Accuracy>?
  var delta: Side<Delta>?
  var task: TaskReport?
  var coverage: CoverageReport?
  var agreement: Double?
  var divergence: Double?
  var cosine: Double?
  var sqnr: Double?
  var size: Size?
  var sparsity: Double?
  var multiplyAdds: Int?
  var nonzeroMultiplyAdds: Int?
  var layers: [Layer]?
  var notices: [String]?

  /// The measurement; what only a plan has is left out without one.
  init(_ metrics: PreviewMetrics, plan compressed: CompressedPlan?, size: SizeSummary?) {
    images = metrics.images
    measured = metrics.measured
    precision = Self.name(of: metrics.precision)
    seconds = metrics.seconds
    baseline =
      metrics.baseline.map { .classes(Accuracy($0)) }
      ?? Boxes(metrics.task, \.baseline).map { .boxes($0) }
    task = metrics.task.map { TaskReport($0, hasPlan: compressed != nil) }
    guard let compressed, let size else { return }
    plan =
      metrics.plan.map { .classes(Accuracy($0)) }
      ?? Boxes(metrics.task, \.plan).map { .boxes($0) }
    delta = metrics.delta.map { .classes(Delta($0)) } ?? Self.boxDelta(metrics.task)
    agreement = metrics.agreement
    divergence = metrics.divergence.flatMap(Output.finite)
    cosine = Output.finite(metrics.cosine)
    sqnr = Output.finite(metrics.sqnr)
    self.size = Size(
      original: size.originalFile, originalWeights: size.originalWeights,
      packedWeights: size.packedWeights, stored: size.stored, formats: size.formats)
    sparsity = size.sparsity
    multiplyAdds = size.multiplyAdds
    nonzeroMultiplyAdds = size.nonzeroMultiplyAdds
    layers = compressed.rows.map { row in
      Layer(
        name: row.name, sparsity: row.sparsity, bits: row.bits, storedBytes: row.storedBytes,
        originalBytes: row.originalBytes, encoding: row.encoding,
        sqnr: Output.finite(row.sqnr))
    }
    notices = compressed.notices
  }

  private static func boxDelta(_ task: TaskResult?) -> Side<Delta>? {
    var boxes = Boxes(task) { figure in
      figure.baseline.flatMap { old in figure.plan.map { $0 - old } }
    }
    boxes?.interval95 = task?.difference?.interval95.map { [$0.lowerBound, $0.upperBound] }
    return boxes.map { .boxes($0) }
  }

  /// The precision as the command contract names it.
  static func name(of precision: MeasuredPrecision) -> String {
    switch precision {
    case .exact: "float32"
    case .settled: "settled"
    case .draft: "draft"
    }
  }

  /// The report in lines for people; `~` marks what is estimated.
  var text: String {
    var lines: [String] = []
    let count = precision == Self.name(of: .draft) ? "~" : ""
    let measure = precision == Self.name(of: .exact) ? "" : "~"
    func describe(_ label: String, _ accuracy: Accuracy) {
      let loss = accuracy.loss.map { String($0).prefix(7) } ?? "-"
      lines.append(
        "\(label)  top-1 \(count)\(Output.percent(accuracy.top1)) (\(accuracy.correct) of \(images))"
          + "  top-5 \(count)\(Output.percent(accuracy.top5))  loss \(measure)\(loss)")
    }
    if let baseline = baseline?.classes { describe("original", baseline) }
    if let plan = plan?.classes { describe("plan    ", plan) }
    if let delta = delta?.classes {
      let half = (delta.interval95[1] - delta.interval95[0]) / 2
      lines.append(
        String(
          format:
            "delta     \(count)%+.2f ±%.2f points, paired, 95 %%  p %.3g  better %d  worse %d",
          delta.top1 * 100, half * 100, delta.p, delta.better, delta.worse))
    }
    lines += task?.lines(mark: measure) ?? []
    if let coverage { lines.append(coverage.text) }
    if let agreement {
      lines.append(
        "agreement with the original \(count)\(Output.percent(agreement))"
          + (divergence.map { String(format: "  KL \(measure)%.4g nats", $0) } ?? ""))
    }
    if plan == nil, let cosine {
      lines.append(
        String(format: "cosine    \(measure)%.6f", cosine)
          + (sqnr.map { String(format: "  SQNR %.1f dB", $0) }
            ?? (cosine == 1 ? "  outputs are equal" : "")))
    }
    if let size {
      lines.append(
        "size      \(Output.bytes(size.original)) -> \(Output.bytes(size.stored))"
          + String(format: "  %.2fx", Double(size.original) / Double(max(size.stored, 1))))
      for (name, bytes) in size.formats.sorted(by: { $0.key < $1.key }) {
        lines.append("          \(name) \(bytes) bytes")
      }
    }
    if let sparsity { lines.append("zeros     \(Output.percent(sparsity)) of the weights") }
    for notice in notices ?? [] { lines.append("note      \(notice)") }
    let kind =
      switch precision {
      case Self.name(of: .draft): "a draft: ~ is estimated"
      case Self.name(of: .settled): "counts settled in 32-bit floats, ~ is estimated"
      default: "exact in 32-bit floats"
      }
    let run = measured < images ? "\(measured) of \(images)" : "\(images)"
    lines.append("\(run) samples run in \(String(format: "%.2f", seconds)) s, " + kind)
    return lines.joined(separator: "\n")
  }
}
