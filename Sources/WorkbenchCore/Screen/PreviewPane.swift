import Evaluation
import TerminalCells

/// Size, accuracy and cost under the plan, as measured so far.
struct PreviewPane {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }
  private static let label = 8

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    let (trailing, slot) = title
    let inner = context.pane(
      .preview, title: "Preview", trailing: trailing, trailingStyle: context[slot], at: rect,
      in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty, state.model != nil else { return }
    for (row, line) in lines(inner).prefix(inner.height).enumerated() {
      switch line {
      case .text(let pieces): buffer.put(pieces, in: inner, row: row)
      case .progress(let fraction):
        ProgressBar(fraction: fraction).draw(
          in: Rect(x: inner.x, y: inner.y + row, width: min(inner.width, 72), height: 1),
          of: &buffer, glyphs: context.glyphs, style: context[.progress],
          trackStyle: context[.progressTrack])
      }
    }
  }

  private enum Line {
    case text([StyledText])
    case progress(Double)
  }

  /// The lines, the most telling first; as many as the pane has room for.
  private func lines(_ inner: Rect) -> [Line] {
    let isLow = inner.height < 5
    var lines: [Line] = [.text(sizeLine(inner.width))]
    lines += qualityLines(isLow: isLow, inner).map { .text($0) }
    lines.append(.text(costLine))
    guard !isLow else { return lines }
    let metrics = currentMetrics
    if state.isEvaluating, metrics?.isComplete != true {
      let done = metrics.map { Double($0.images) / Double(max(1, $0.total)) } ?? 0
      lines.append(.progress(done))
    } else if let pairs = pairsLine {
      lines.append(.text(pairs))
    }
    if let formats = formatsLine { lines.append(.text(formats)) }
    return lines
  }

  /// The metrics of the plan as it stands; nil until the first have come.
  private var currentMetrics: PreviewMetrics? {
    guard let metrics = state.metrics, metrics.generation == state.generation else { return nil }
    return metrics.value
  }

  private var isStale: Bool { state.metrics != nil && currentMetrics == nil }

  private var title: (text: String, slot: ThemeSlot) {
    if state.isEvaluating { return ("\(activity)  Esc cancels", .progress) }
    if let metrics = currentMetrics {
      let count = Figures.grouped(metrics.measured)
      let time = Figures.fixed(metrics.seconds, 2)
      return (
        "\(metrics.precision.rawValue), \(count) \(state.sampleUnit) in \(time) s", .textMuted
      )
    }
    if state.evaluationError != nil { return ("the measurement failed", .error) }
    if state.model == nil || state.evaluationObstacle != nil { return ("", .textMuted) }
    return ("not measured: r measures", .textMuted)
  }

  /// What the running measurement is at.
  private var activity: String {
    guard let metrics = currentMetrics, metrics.total > 0 else { return "evaluating" }
    let percent = metrics.images * 100 / metrics.total
    return switch metrics.precision {
    case .draft: metrics.isComplete ? "draft, settling" : "draft \(percent)%"
    case .settled: "settled, exact follows"
    case .exact: "evaluating \(percent)%"
    }
  }

  /// What marks a count that is estimated.
  private func countMark(_ metrics: PreviewMetrics) -> String {
    metrics.precision.hasSettledCounts ? "" : "~"
  }

  /// What marks a measure that is estimated.
  private func measureMark(_ metrics: PreviewMetrics) -> String {
    metrics.precision == .exact ? "" : "~"
  }

  // Pieces.

  private func head(_ text: String) -> StyledText {
    StyledText(TextWidth.padded(text, to: Self.label), context[.textMuted])
  }

  private func plain(_ text: String) -> StyledText { StyledText(text, context[.text]) }
  private func muted(_ text: String) -> StyledText { StyledText(text, context[.textMuted]) }

  /// A number; dimmed while it belongs to an earlier plan.
  private func value(_ text: String, _ slot: ThemeSlot = .value, stale: Bool) -> StyledText {
    stale ? StyledText(text, context[.textDisabled]) : StyledText(text, context[slot].emphasized)
  }

  private func sizeLine(_ width: Int) -> [StyledText] {
    guard let model = state.model else { return [] }
    guard let stamped = state.sizes else {
      return [head("size"), plain("\(Figures.bytes(model.fileBytes)) "), muted("-> computing")]
    }
    let sizes = stamped.value
    let stale = stamped.generation != state.generation
    let original = sizes.originalFile
    let ratio = sizes.stored > 0 ? Double(original) / Double(sizes.stored) : .infinity
    var pieces = [
      head("size"), plain("\(Figures.bytes(original)) "), muted("-> "),
      value(Figures.bytes(sizes.stored, unitOf: original), stale: stale), plain("   "),
      value(Figures.ratio(ratio), ratio > 1.005 ? .gain : .value, stale: stale),
    ]
    if width >= 60 {
      pieces.append(muted("   \(Figures.grouped(sizes.stored)) bytes\(stale ? ", last plan" : "")"))
    }
    return pieces
  }

  private var costLine: [StyledText] {
    guard let stamped = state.sizes else { return [head("MACs"), muted("computing")] }
    let sizes = stamped.value
    let stale = stamped.generation != state.generation
    let isCounted = sizes.uncountedLayers == 0
    let nonzero =
      isCounted ? Figures.percent(((1 - sizes.sparsity) * 1000).rounded() / 10) : "counting"
    var pieces = [head("MACs")]
    if sizes.multiplyAdds > 0 {
      let ratio = Double(sizes.multiplyAdds) / Double(max(1, sizes.nonzeroMultiplyAdds))
      pieces += [
        plain("\(spaced(sizes.multiplyAdds)) "), muted("-> "),
        value(isCounted ? spaced(sizes.nonzeroMultiplyAdds) : "...", stale: stale),
        muted(" nonzero "), value(isCounted ? Figures.ratio(ratio) : "...", stale: stale),
        plain("   "),
      ]
    } else {
      pieces.append(muted("not known   "))
    }
    return pieces + [muted("weights nonzero "), value(nonzero, stale: stale)]
  }

  private func spaced(_ count: Int) -> String {
    let text = Figures.short(count)
    guard let last = text.last, last.isLetter else { return text }
    return "\(text.dropLast()) \(last)"
  }

  /// What was measured, or why nothing is.
  private func qualityLines(isLow: Bool, _ inner: Rect) -> [[StyledText]] {
    if let error = state.evaluationError { return wrapped(error.description, .error, isLow, inner) }
    if let reason = state.evaluationObstacle { return wrapped(reason, .warning, isLow, inner) }
    guard let metrics = state.metrics?.value else {
      return [[head(emptyLabel), muted(state.isEvaluating ? "measuring ..." : "not measured")]]
    }
    if let baseline = metrics.baseline, let plan = metrics.plan {
      let first = accuracyLine(metrics, baseline, plan, inner.width)
      if isLow { return [first] }
      return [
        first, lossLine(metrics, baseline, plan), outputsLine(metrics, label: "outputs"),
      ]
    }
    if let task = metrics.task {
      let lines = TaskLines(context, metrics: metrics, task: task, isStale: isStale)
      let first = lines.headline(counter: counter(metrics), width: inner.width)
      return isLow
        ? [first]
        : [first] + lines.figures(width: inner.width)
          + [outputsLine(metrics, label: "outputs")]
    }
    if metrics.agreement != nil {
      let first = agreementLine(metrics)
      return isLow ? [first] : [first, outputsLine(metrics, label: "outputs")]
    }
    return [outputsLine(metrics, label: "outputs") + [counter(metrics)]]
  }

  /// What the first line is about while nothing is known.
  private var emptyLabel: String { state.data?.hasTask == true ? "quality" : "top-1" }

  private func wrapped(
    _ text: String, _ slot: ThemeSlot, _ isLow: Bool, _ inner: Rect
  ) -> [[StyledText]] {
    let lines = Wrapping.lines(text, width: inner.width - Self.label)
    return lines.prefix(isLow ? 1 : 3).enumerated().map { index, line in
      [head(index == 0 ? emptyLabel : ""), StyledText(line, context[slot])]
    }
  }

  private func accuracyLine(
    _ metrics: PreviewMetrics, _ baseline: PreviewMetrics.Accuracy,
    _ plan: PreviewMetrics.Accuracy, _ width: Int
  ) -> [StyledText] {
    let mark = countMark(metrics)
    let pieces = [
      head("top-1"), plain("\(mark)\(Figures.fixed(baseline.top1 * 100, 1)) % "), muted("-> "),
      value("\(mark)\(Figures.fixed(plan.top1 * 100, 1)) %", stale: isStale), plain("   "),
    ]
    guard let delta = metrics.delta else { return pieces + [counter(metrics)] }
    if metrics.sqnr == .infinity { return pieces + [muted("no difference"), counter(metrics)] }
    let half = (delta.interval95.upperBound - delta.interval95.lowerBound) / 2 * 100
    let sign = context.glyphs == .ascii ? "+/-" : "±"
    // Within its error bar a difference is no difference: no colour says otherwise.
    let slot: ThemeSlot = delta.interval95.contains(0) ? .value : delta.top1 < 0 ? .loss : .gain
    let difference = [
      value("\(mark)\(Figures.signed(delta.top1 * 100, 1))", slot, stale: isStale),
      value(" \(sign)\(Figures.fixed(half, 1)) pt", slot, stale: isStale), muted(" paired"),
    ]
    let probability = muted("   p \(Figures.probability(delta.p))")
    // What does not fit is left out as a whole: first p, then the count.
    let choices = [[probability, counter(metrics)], [counter(metrics)], []]
    let lines = choices.map { pieces + difference + $0 }
    return lines.first { $0.map(\.cells).reduce(0, +) <= width } ?? pieces + difference
  }

  private func counter(_ metrics: PreviewMetrics) -> StyledText {
    if isStale { return StyledText("   (last plan)", context[.warning]) }
    return muted(
      metrics.measured == metrics.total
        ? "   (all \(metrics.total))" : "   (\(metrics.measured) of \(metrics.total))")
  }

  private func lossLine(
    _ metrics: PreviewMetrics, _ baseline: PreviewMetrics.Accuracy,
    _ plan: PreviewMetrics.Accuracy
  ) -> [StyledText] {
    let (loss, top5) = (measureMark(metrics), countMark(metrics))
    return [
      head("loss"), plain("\(loss)\(Figures.fixed(baseline.loss, 3)) "), muted("-> "),
      value("\(loss)\(Figures.fixed(plan.loss, 3))", stale: isStale), muted("   top-5 "),
      plain("\(top5)\(Figures.fixed(baseline.top5 * 100, 1)) % "), muted("-> "),
      value("\(top5)\(Figures.fixed(plan.top5 * 100, 1)) %", stale: isStale),
    ]
  }

  private func agreementLine(_ metrics: PreviewMetrics) -> [StyledText] {
    [
      head("agrees"),
      value(countMark(metrics) + percentText(metrics.agreement), stale: isStale),
      muted(" of first classes with the original"), counter(metrics),
    ]
  }

  private func outputsLine(_ metrics: PreviewMetrics, label: String) -> [StyledText] {
    var pieces = [head(label)]
    if metrics.agreement != nil, metrics.baseline != nil {
      pieces += [
        muted("agreement "),
        value(countMark(metrics) + percentText(metrics.agreement), stale: isStale), plain("  "),
      ]
    }
    if metrics.sqnr == .infinity { return pieces + [muted("equal to the original's")] }
    let mark = measureMark(metrics)
    if let divergence = metrics.divergence {
      pieces += [
        muted("KL "), value("\(mark)\(Figures.fixed(divergence, 4))", stale: isStale), plain("  "),
      ]
    }
    return pieces + [
      muted("cosine "), value("\(mark)\(Figures.fixed(metrics.cosine, 4))", stale: isStale),
      muted("  SQNR "), value("\(mark)\(Figures.fixed(metrics.sqnr, 1)) dB", stale: isStale),
    ]
  }

  private func percentText(_ fraction: Double?) -> String {
    fraction.map { "\(Figures.fixed($0 * 100, 1)) %" } ?? "-"
  }

  private var pairsLine: [StyledText]? {
    guard let delta = currentMetrics?.delta else { return nil }
    return [
      head("pairs"), muted("right only under the plan "),
      value("\(delta.better)", delta.better > 0 ? .gain : .value, stale: false),
      muted("   only before "),
      value("\(delta.worse)", delta.worse > 0 ? .loss : .value, stale: false),
      muted("   McNemar p \(Figures.probability(delta.p))"),
    ]
  }

  private var formatsLine: [StyledText]? {
    guard let stamped = state.sizes, !stamped.value.formats.isEmpty else { return nil }
    let stale = stamped.generation != state.generation
    var pieces = [head("export")]
    // Those that most people take; the form lists all.
    for format in [ExportFormat.onnx, .onnxQDQ, .safetensors, .pth] {
      guard let bytes = stamped.value.formats[format.rawValue] else { continue }
      pieces += [
        muted("\(format.rawValue) "),
        value(Figures.bytes(bytes, unitOf: stamped.value.originalFile), stale: stale),
        plain("   "),
      ]
    }
    return pieces
  }
}
