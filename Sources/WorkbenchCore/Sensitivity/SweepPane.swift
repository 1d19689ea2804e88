import Evaluation
import TerminalCells

/// Budget, measure and order, how far the scan has come, the legend, and the plan as it stands.
struct SweepPane {
  private let context: ScreenContext
  private let sheet: SensitivitySheet
  private let palette: HarmPalette
  private var state: WorkbenchState { context.state }
  private var sensitivity: SensitivityState { sheet.sensitivity }

  init(_ context: ScreenContext, _ sheet: SensitivitySheet) {
    self.context = context
    self.sheet = sheet
    palette = HarmPalette(context)
  }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    let inner = context.pane(
      .preview, title: "Sweep", trailing: trailing,
      trailingStyle: sensitivity.isScanning ? context[.progress] : nil, at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    var row = 0
    buffer.put(fitting(settingsLine, inner.width), in: inner, row: row)
    row += 1
    if let text = obstacle {
      for line in Wrapping.lines(text.text, width: inner.width).prefix(inner.height - 1) {
        buffer.put(line, in: inner, row: row, style: context[text.slot])
        row += 1
      }
      return
    }
    if sensitivity.isScanning {
      ProgressBar(fraction: sensitivity.progress?.fraction ?? 0).draw(
        in: Rect(x: inner.x, y: inner.y + row, width: inner.width, height: 1), of: &buffer,
        glyphs: context.glyphs, style: context[.progress], trackStyle: context[.progressTrack])
      row += 1
    }
    // Where there is room for three lines only, what is seen nowhere else wins.
    let isLow = inner.height < 5
    let counts = sheet.measure == .fisher ? predictions : cellCounts
    let lines = isLow ? [legend, planLine] : [counts, legend, marks, planLine]
    for line in lines where row < inner.height && !line.isEmpty {
      buffer.put(fitting(line, inner.width), in: inner, row: row)
      row += 1
    }
  }

  private var obstacle: (text: String, slot: ThemeSlot)? {
    if let error = sensitivity.error { return (error.description, .error) }
    guard sensitivity.table == nil, let reason = state.evaluationObstacle else { return nil }
    return (reason, .warning)
  }

  private var trailing: String {
    let progress = sensitivity.progress
    guard sensitivity.isScanning else {
      guard let table = sensitivity.table else { return "" }
      let finished = table.cells.count { $0.isFinished }
      let count = table.cells.count
      return finished == count
        ? "\(Figures.grouped(count)) cells"
        : "\(Figures.grouped(finished)) of \(Figures.grouped(count)) cells   r goes on"
    }
    guard let progress else { return "starting   Esc cancels" }
    let left = progress.secondsLeft.map { "   \(Self.duration($0)) left" } ?? ""
    return "\(Figures.grouped(progress.finishedCells)) of \(Figures.grouped(progress.cellCount))"
      + "\(left)   Esc cancels"
  }

  /// Seconds in words: `0.8 s`, `12 s`, `3:05`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 1 { return "\(Figures.fixed(max(seconds, 0.1), 1)) s" }
    return seconds < 99.5 ? "\(Int(seconds.rounded())) s" : Figures.clock(seconds)
  }

  /// Pieces that fit; those that do not are left out whole, from the right.
  private func fitting(_ pieces: [[StyledText]], _ width: Int) -> [StyledText] {
    var result: [StyledText] = []
    var used = 0
    for piece in pieces {
      let cells = piece.map(\.cells).reduce(0, +)
      guard used + cells + (result.isEmpty ? 0 : 3) <= width else { break }
      if !result.isEmpty { result.append(StyledText("   ", context[.text])) }
      used += cells + (result.isEmpty ? 0 : 3)
      result += piece
    }
    return result
  }

  private func muted(_ text: String) -> StyledText { StyledText(text, context[.textMuted]) }
  private func value(_ text: String) -> StyledText { StyledText(text, context[.value].emphasized) }
  private func key(_ text: String) -> StyledText { StyledText(text, context[.key]) }

  private var settingsLine: [[StyledText]] {
    let budget = sheet.measure.budgetText(sheet.budget)
    let sign = sheet.measure.isRatio ? ">= " : ""
    let images = sensitivity.table?.images ?? state.data?.count ?? 0
    let isMeasured = !sheet.measure.isFree && sheet.measure != .fisher && images > 0
    let of = !isMeasured ? "" : ", \(Figures.grouped(images)) images"
    return [
      [muted("budget "), value(sign + budget), muted(" ("), key("b"), muted(")")],
      [
        muted("measure: "), value(sheet.measureName), muted("\(of) ("), key("m"), muted(")"),
      ],
      [muted("sort: "), value(sheet.orderText), muted(" ("), key("o"), muted(")")],
    ]
  }

  /// Shades and what they stand for, in the measure's unit.
  private var legend: [[StyledText]] {
    let measure = sheet.measure
    func bound(_ doublings: Int) -> String {
      let value =
        measure.isRatio
        ? sheet.budget - 6 * Double(doublings)
        : sheet.budget * Double(1 << doublings)
      return measure.text(value)
    }
    func swatch(_ step: Int) -> StyledText {
      StyledText(
        " \(palette.shade(step)) ", step < 2 ? palette.style(step) : palette.shadeStyle(step))
    }
    let to = measure.isRatio ? "from" : "to"
    var pieces = [swatch(1), muted(" within "), muted("\(bound(0))  ")]
    for step in 2...4 { pieces += [swatch(step), muted(" \(to) \(bound(step - 1))  ")] }
    pieces += [
      swatch(5), muted(" \(measure.isRatio ? "below" : "above") \(bound(3)) \(measure.unit)"),
    ]
    return [pieces]
  }

  private var marks: [[StyledText]] {
    let dots = context.glyphs == .ascii ? ".." : "…"
    return [
      [value(dots), muted(" not measured, shaded by its weights' SQNR")],
      [value("~"), muted(" still measuring")], [value("'"), muted(" decided early")],
      [value("*"), muted(" in the plan")],
    ]
  }

  /// How the predictions compare with what was measured.
  private var predictions: [[StyledText]] {
    guard let scores = sensitivity.scores else {
      return sensitivity.isPredicting ? [[muted("one pass backwards over the samples ...")]] : []
    }
    var pieces: [[StyledText]] = []
    if let correlation = sensitivity.table?.fisherCorrelation {
      pieces.append([
        muted("rank correlation with the measured harm "),
        value(Figures.fixed(correlation.value, 3)),
        muted(" over \(Figures.grouped(correlation.cells)) cells"),
      ])
    }
    pieces.append([
      value(Self.duration(scores.seconds)),
      muted(" for \(Figures.grouped(scores.samples)) samples"),
    ])
    return pieces
  }

  private var cellCounts: [[StyledText]] {
    guard let table = sensitivity.table else { return [] }
    let decided = table.cells.count { $0.state == .decided }
    let images = table.cells.reduce(0) { $0 + $1.images }
    let full = table.images * table.cells.count
    var pieces: [[StyledText]] = []
    if let progress = sensitivity.progress, sensitivity.isScanning || table.isComplete {
      pieces.append([
        value(Self.duration(progress.seconds)),
        muted(progress.phase == .scoring ? " scoring the weights" : " of scanning"),
      ])
    }
    if images > 0 {
      pieces.append([
        value(Figures.grouped(images)), muted(" of \(Figures.grouped(full)) image runs"),
      ])
    }
    if decided > 0 { pieces.append([value("\(decided)"), muted(" cells decided early")]) }
    return pieces
  }

  /// Size and accuracy of the plan as it stands, so that the effect of applying shows.
  private var planLine: [[StyledText]] {
    guard let sizes = state.sizes else { return [] }
    let isStale = sizes.generation != state.generation
    let original = sizes.value.originalFile
    let stored = sizes.value.stored
    let ratio = stored > 0 ? Double(original) / Double(stored) : .infinity
    let number = context[isStale ? .textDisabled : .value]
    var pieces = [
      [
        muted("plan  "), StyledText(Figures.bytes(original), context[.text]), muted(" -> "),
        StyledText(Figures.bytes(stored, unitOf: original), number.emphasized),
        StyledText("  \(Figures.ratio(ratio))", number.emphasized),
      ]
    ]
    guard let metrics = state.metrics, metrics.generation == state.generation else {
      if state.isEvaluating { pieces.append([muted("measuring ...")]) }
      return pieces
    }
    if let baseline = metrics.value.baseline, let plan = metrics.value.plan {
      var line = [
        muted("top-1 "), StyledText("\(Figures.fixed(baseline.top1 * 100, 1)) %", context[.text]),
        muted(" -> "), value("\(Figures.fixed(plan.top1 * 100, 1)) %"),
      ]
      if let delta = metrics.value.delta {
        let half = (delta.interval95.upperBound - delta.interval95.lowerBound) / 2 * 100
        let sign = context.glyphs == .ascii ? "+/-" : "±"
        let slot: ThemeSlot =
          delta.interval95.contains(0) ? .value : delta.top1 < 0 ? .loss : .gain
        line.append(
          StyledText(
            "  \(Figures.signed(delta.top1 * 100, 1)) \(sign)\(Figures.fixed(half, 1)) pt",
            context[slot].emphasized))
      }
      pieces.append(line)
      pieces.append([
        muted(
          metrics.value.isComplete
            ? "(all \(metrics.value.total))"
            : "(\(metrics.value.images) of \(metrics.value.total))")
      ])
    } else if let task = metrics.value.task {
      let figure = task.headline
      pieces.append([
        muted("\(figure.name) "), StyledText(figure.text(figure.baseline), context[.text]),
        muted(" -> "), value(figure.text(figure.plan)),
      ])
      if let difference = task.difference {
        let sign = context.glyphs == .ascii ? "+/-" : "±"
        pieces.append([value(figure.text(difference, sign: sign))])
      }
    } else if let agreement = metrics.value.agreement {
      pieces.append([muted("agrees "), value("\(Figures.fixed(agreement * 100, 1)) %")])
    } else {
      pieces.append([muted("SQNR "), value(Figures.decibels(metrics.value.sqnr))])
    }
    return pieces
  }
}
