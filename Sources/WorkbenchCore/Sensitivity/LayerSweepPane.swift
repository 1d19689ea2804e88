import Evaluation
import ModelCompression
import TerminalCells

/// The selected layer: the other sweep as bars, what is within the budget, and the selected cell in
/// full.
struct LayerSweepPane {
  private let context: ScreenContext
  private let sheet: SensitivitySheet
  private let palette: HarmPalette

  init(_ context: ScreenContext, _ sheet: SensitivitySheet) {
    self.context = context
    self.sheet = sheet
    palette = HarmPalette(context)
  }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    guard let layer = sheet.layer, let model = context.state.model else {
      _ = context.pane(.inspector, title: "Layer", at: rect, in: &buffer)
      return
    }
    let other = sheet.sensitivity.sweep.other
    let inner = context.pane(
      .inspector, title: model.layers[layer].layer.name,
      trailing: "\(other == .prune ? "prune" : "bits") sweep", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    var row = drawBars(layer, other, inner, in: &buffer)
    let cell = cellLines(layer)
    let tight = inner.height < row + 5 + cell.count
    row += tight ? 0 : 1
    for line in toleratedLines(layer) where row < inner.height {
      buffer.put(line, in: inner, row: row)
      row += 1
    }
    row += tight ? 0 : 1
    for line in cell where row < inner.height {
      buffer.put(line, in: inner, row: row)
      row += 1
    }
    let (_, rest) = inner.splitTop(row + 1)
    if rest.height >= 6 { drawCurve(layer, rest, in: &buffer) }
  }

  // The other sweep.

  /// Draws a bar for each setting of the sweep; returns the rows taken.
  private func drawBars(
    _ layer: Int, _ sweep: Sweep, _ inner: Rect, in buffer: inout CellBuffer
  ) -> Int {
    let columns = sheet.columns(sweep)
    let values = columns.map { column in
      sheet.cell(layer, column).flatMap { sheet.measure.value($0) }
    }
    // A bar twice as long as the budget at least, so that nothing looks bad for being all there is.
    let least = sheet.measure.isRatio ? 40 : sheet.budget * 2
    let longest = max(least, values.compactMap { $0 }.filter(\.isFinite).max() ?? 0)
    let numbers = 10
    let bar = max(0, inner.width - 9 - numbers)
    for (row, column) in columns.enumerated() where row < inner.height {
      let setting = sheet.settings[column]
      let isInPlan = isInPlan(layer, setting, sweep)
      buffer.put(
        (isInPlan ? "*" : " ") + heading(setting, sweep), in: inner, row: row,
        style: context[isInPlan ? .valueChanged : .textMuted])
      guard let value = values[row], let cell = sheet.cell(layer, column) else {
        let dots = context.glyphs == .ascii ? ".." : "…"
        buffer.put(dots, in: inner, row: row, style: context[.textMuted], alignment: .trailing)
        continue
      }
      let step = HarmPalette.step(sheet.excess(cell) ?? 0)
      let style = palette.barStyle(step, context[.progress])
      HorizontalBar(fraction: value / longest).draw(
        in: Rect(x: inner.x + 9, y: inner.y + row, width: bar, height: 1), of: &buffer,
        glyphs: context.glyphs, style: style)
      let mark = cell.state == .partial && !sheet.measure.isFree ? "~" : ""
      buffer.put(
        "\(mark)\(sheet.measure.text(value)) \(sheet.measure.unit)", in: inner, row: row,
        style: context[.value], alignment: .trailing)
    }
    return min(inner.height, columns.count)
  }

  private func heading(_ setting: LayerSetting, _ sweep: Sweep) -> String {
    TextWidth.padded(sweep.heading(setting), to: 2, alignment: .trailing)
      + (sweep == .prune ? " %" : " bit")
  }

  private func isInPlan(_ layer: Int, _ setting: LayerSetting, _ sweep: Sweep) -> Bool {
    guard context.state.settings.indices.contains(layer) else { return false }
    let now = context.state.settings[layer]
    switch sweep {
    case .prune: return now.prune?.amount == setting.prune?.amount
    case .bits: return now.weights?.bits == setting.weights?.bits
    }
  }

  // The budget.

  private func toleratedLines(_ layer: Int) -> [[StyledText]] {
    let muted = context[.textMuted]
    var pieces = [StyledText("within budget: ", muted)]
    if Sweep.allCases.allSatisfy({ sheet.tolerated(layer, $0) == (nil, false) }) {
      pieces.append(StyledText("not known yet", muted))
      return [pieces]
    }
    for (index, sweep) in Sweep.allCases.enumerated() {
      let tolerated = sheet.tolerated(layer, sweep)
      let words = tolerated.column.map { sweep.words(sheet.settings[$0]) }
      let none = sweep == .prune ? "no pruning" : "no bits"
      let more = tolerated.isFinal ? "" : "..."
      pieces.append(StyledText(index > 0 ? ", " : "", muted))
      pieces.append(
        StyledText(
          (words ?? (tolerated.isFinal ? none : "")) + more,
          context[words == nil ? .text : .gain].emphasized))
    }
    var lines = [pieces]
    lines.append([
      StyledText("Enter ", context[.key]), StyledText("applies here  ", muted),
      StyledText("A ", context[.key]), StyledText("to all", muted),
    ])
    return lines
  }

  // The selected cell.

  private func cellLines(_ layer: Int) -> [[StyledText]] {
    guard let setting = sheet.selectedSetting else { return [] }
    let words = sheet.sensitivity.sweep.words(setting)
    guard let cell = sheet.selectedCell else {
      return [[StyledText(words, context[.title].emphasized)]]
    }
    var lines = [
      [
        StyledText(words, context[.title].emphasized),
        StyledText("   \(stateText(cell))", context[.textMuted]),
      ]
    ]
    lines += measuredLines(cell)
    var weights = [head("weights")]
    weights += pair("SQNR", Figures.decibels(cell.weightSQNR))
    weights += pair("error", Figures.fixed(cell.weightError, 3))
    lines.append(weights)
    if let facts = sheet.facts(layer) {
      let count = "\(Figures.grouped(facts.parameters)) weights  "
      lines.append(
        [head(""), StyledText(count, context[.text])]
          + pair("kurtosis", Figures.fixed(facts.kurtosis, 1)))
    }
    return lines
  }

  private func measuredLines(_ cell: SensitivityCell) -> [[StyledText]] {
    var lines: [[StyledText]] = []
    if let delta = cell.delta {
      var line = [head("top-1")]
      if let top1 = cell.top1 {
        line.append(StyledText("\(Figures.fixed(top1 * 100, 1)) %   ", context[.value]))
      }
      let isClear = cell.interval95.map { !$0.contains(0) } ?? false
      let slot: ThemeSlot = !isClear ? .value : delta < 0 ? .loss : .gain
      line.append(StyledText(Figures.signed(delta * 100, 1), context[slot].emphasized))
      if let interval = cell.interval95 {
        let half = (interval.upperBound - interval.lowerBound) / 2 * 100
        let sign = context.glyphs == .ascii ? "+/-" : "±"
        line.append(StyledText(" \(sign)\(Figures.fixed(half, 1)) pt", context[slot].emphasized))
      }
      if let p = cell.p {
        line.append(StyledText("   p \(Figures.probability(p))", context[.textMuted]))
      }
      lines.append(line)
    }
    if let figure = cell.task?.headline {
      lines.append([
        head(TextWidth.truncated(figure.name, to: 8)),
        StyledText("\(figure.text(figure.baseline)) -> ", context[.textMuted]),
        StyledText(figure.text(figure.plan), context[.value].emphasized),
      ])
    }
    var second: [StyledText] = []
    if let loss = cell.loss { second += pair("loss", Figures.fixed(loss, 3)) }
    if let agreement = cell.agreement {
      second += pair("agrees", "\(Figures.fixed(agreement * 100, 1)) %")
    }
    if !second.isEmpty { lines.append([head("")] + second) }
    if let growth = cell.fisher {
      lines.append([head("Fisher")] + pair("loss grows by", SensitivityMeasure.fisher.text(growth)))
    }
    var outputs: [StyledText] = []
    if let cosine = cell.cosine { outputs += pair("cosine", Figures.fixed(cosine, 4)) }
    if let divergence = cell.divergence { outputs += pair("KL", Figures.fixed(divergence, 4)) }
    if !outputs.isEmpty { lines.append([head("outputs")] + outputs) }
    var noise: [StyledText] = []
    if let sqnr = cell.outputSQNR { noise += pair("outputs", Figures.decibels(sqnr)) }
    if let local = cell.localSQNR { noise += pair("layer", Figures.decibels(local)) }
    if !noise.isEmpty { lines.append([head("SQNR")] + noise) }
    return lines
  }

  private func head(_ text: String) -> StyledText {
    StyledText(TextWidth.padded(text, to: 9), context[.textMuted])
  }

  private func pair(_ name: String, _ value: String) -> [StyledText] {
    [StyledText("\(name) ", context[.textMuted]), StyledText("\(value)  ", context[.value])]
  }

  private func stateText(_ cell: SensitivityCell) -> String {
    let images = Figures.grouped(cell.images)
    switch cell.state {
    case .free: return "not measured yet"
    case .partial: return "\(images) images so far"
    case .decided: return "decided after \(images) images"
    case .complete: return "\(images) images"
    }
  }

  // The curve.

  /// Draws the table's sweep of this layer as columns, with the budget as a line.
  private func drawCurve(_ layer: Int, _ rect: Rect, in buffer: inout CellBuffer) {
    let columns = sheet.columns
    let values = columns.map { column in
      sheet.cell(layer, column).flatMap { sheet.measure.value($0) }
    }
    let finite = values.compactMap { $0 }.filter(\.isFinite)
    guard let top = finite.max(), !columns.isEmpty else { return }
    let height = min(rect.height, 14)
    let area = Rect(x: rect.x, y: rect.y, width: rect.width, height: height)
    buffer.put(
      "\(sheet.measureTitle) by \(sheet.sensitivity.sweep.title)", in: area,
      style: context[.textMuted])
    let plot = Rect(x: area.x + 6, y: area.y + 1, width: area.width - 6, height: height - 2)
    let high = max(top, sheet.budget)
    guard high > 0, plot.height > 1 else { return }
    let cellWidth = max(2, min(8, plot.width / columns.count))
    buffer.put(
      TextWidth.padded(sheet.measure.text(high), to: 5, alignment: .trailing), x: area.x,
      y: plot.y, style: context[.axis])
    let line = plot.maxY - 1 - Int((sheet.budget / high * Double(plot.height - 1)).rounded())
    for x in plot.x..<min(plot.maxX, plot.x + cellWidth * columns.count) {
      buffer[x, line] = Cell(context.glyphs.border.horizontal, style: context[.border])
    }
    if line > plot.y {
      buffer.put(
        TextWidth.padded(sheet.measure.text(sheet.budget), to: 5, alignment: .trailing),
        x: area.x, y: line, style: context[.axis])
    }
    let bars = context.glyphs.verticalBars
    for (index, column) in columns.enumerated() {
      let x = plot.x + index * cellWidth
      let isSelected = index == sheet.column
      buffer.put(
        TextWidth.padded(
          sheet.sensitivity.sweep.heading(sheet.settings[column]), to: cellWidth - 1,
          alignment: .center), x: x, y: plot.maxY,
        style: context[isSelected ? .titleFocused : .axis])
      guard let value = values[index], let cell = sheet.cell(layer, column) else { continue }
      let fraction = value.isFinite ? max(0, min(1, value / high)) : 1
      let steps = Int((fraction * Double(plot.height * (bars.count - 1))).rounded())
      let style = palette.barStyle(
        HarmPalette.step(sheet.excess(cell) ?? 0),
        context[isSelected ? .paretoCurrent : .progress])
      for level in 0..<plot.height {
        let part = min(max(steps - level * (bars.count - 1), 0), bars.count - 1)
        guard part > 0 else { break }
        for offset in 0..<(cellWidth - 1) {
          buffer[x + offset, plot.maxY - 1 - level] = Cell(bars[part], style: style)
        }
      }
    }
  }
}
