import Evaluation
import ModelCompression
import TerminalCells

/// The table of layers by settings.
struct SensitivityTablePane {
  private let context: ScreenContext
  private let sheet: SensitivitySheet
  private let isAlone: Bool
  private let palette: HarmPalette
  private var state: WorkbenchState { context.state }

  /// - Parameter isAlone: Whether nothing else of the view shows, so that titles say all.
  init(_ context: ScreenContext, _ sheet: SensitivitySheet, isAlone: Bool) {
    self.context = context
    self.sheet = sheet
    self.isAlone = isAlone
    palette = HarmPalette(context)
  }

  /// Where the columns lie.
  private struct Grid {
    var name: Int
    /// Cells of the columns of parameters and kurtosis; 0 where they do not show.
    var facts = 0
    var cell: Int
    /// The columns that show, as places in the sheet's columns.
    var shown: Range<Int>

    init(width: Int, names: Int, columns: Int, selected: Int) {
      // Wide enough for the line that counts layers within the budget, too.
      name = min(max(names + 1, 15), max(10, width / 3))
      var room = width - 2 - name
      if room >= columns * 7 + 17 {
        facts = 17
        room -= facts
      }
      let least = 5
      cell = max(least, min(10, room / max(1, columns)))
      let fitting = max(1, min(columns, room / cell))
      let first = min(max(0, selected - fitting / 2), columns - fitting)
      shown = first..<(first + fitting)
    }
  }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    let inner = context.pane(
      .layers, title: "Sensitivity  \(sheet.measureTitle) by \(sheet.sensitivity.sweep.title)",
      trailing: trailing, at: rect, in: &buffer)
    guard !inner.isEmpty, let model = state.model else { return }
    guard !sheet.rows.isEmpty else {
      buffer.put(
        " no layer's name holds '\(state.filter)'", in: inner, row: 1, style: context[.textMuted])
      return
    }
    let names = sheet.rows.map { TextWidth.cells(of: model.layers[$0].layer.name) }.max() ?? 0
    let grid = Grid(
      width: inner.width, names: names, columns: sheet.columns.count, selected: sheet.column)
    drawHeader(grid, inner.row(0), in: &buffer)
    let (_, list) = inner.splitTop(1)
    let first = WorkbenchState.scrolled(
      sheet.sensitivity.scroll, selected: sheet.row, count: sheet.rows.count, height: list.height)
    let count = min(list.height, sheet.rows.count - first)
    for line in 0..<count { drawRow(first + line, grid, at: list.row(line), in: &buffer) }
    if sheet.rows.count > list.height {
      var window = ListWindow(count: sheet.rows.count, height: list.height, margin: 0)
      window.scroll(by: first)
      window.drawScrollBar(
        in: Rect(x: rect.maxX - 1, y: list.y, width: 1, height: list.height), of: &buffer,
        glyphs: context.glyphs, style: context[.border], thumbStyle: context[.progress])
    } else if list.height >= count + 3 {
      drawSummary(grid, list.splitTop(count + 1).rest, in: &buffer)
    }
  }

  private var trailing: String {
    if let percent = sheet.sensitivity.percent, isAlone { return "\(percent)%  Esc cancels" }
    return isAlone ? "" : "one layer at a time"
  }

  private func drawHeader(_ grid: Grid, _ rect: Rect, in buffer: inout CellBuffer) {
    let style = context[.textMuted]
    buffer.put("  layer", in: rect, style: style)
    var x = rect.x + 2 + grid.name
    if grid.facts > 0 {
      buffer.put(
        TextWidth.padded("params  kurtosis", to: grid.facts, alignment: .trailing), x: x, y: rect.y,
        style: style)
      x += grid.facts
    }
    for place in grid.shown where place != sheet.column {
      drawHeading(
        place, at: x + (place - grid.shown.lowerBound) * grid.cell, grid, rect, in: &buffer)
    }
    // Last, as its brackets reach into the next column.
    drawHeading(
      sheet.column, at: x + (sheet.column - grid.shown.lowerBound) * grid.cell, grid, rect,
      in: &buffer)
    if grid.shown.lowerBound > 0 {
      buffer.put("<", x: rect.x + 1 + grid.name, y: rect.y, style: context[.key])
    }
    if grid.shown.upperBound < sheet.columns.count {
      buffer.put(">", x: rect.maxX - 1, y: rect.y, style: context[.key])
    }
  }

  private func drawHeading(
    _ place: Int, at x: Int, _ grid: Grid, _ rect: Rect, in buffer: inout CellBuffer
  ) {
    guard sheet.columns.indices.contains(place) else { return }
    let heading = sheet.sensitivity.sweep.heading(sheet.settings[sheet.columns[place]])
    let isSelected = place == sheet.column
    let end = x + grid.cell - (grid.cell > 5 ? 1 : 0)
    let cells = TextWidth.cells(of: heading)
    let style = context[isSelected ? .titleFocused : .textMuted]
    buffer.put(heading, x: end - cells, y: rect.y, style: style)
    guard isSelected else { return }
    buffer.put("[", x: end - cells - 1, y: rect.y, style: style)
    buffer.put("]", x: end, y: rect.y, style: style)
  }

  private func drawRow(_ row: Int, _ grid: Grid, at rect: Rect, in buffer: inout CellBuffer) {
    guard let model = state.model else { return }
    let layer = sheet.rows[row]
    let isSelected = row == sheet.row
    let base = isSelected ? context[.selection] : nil
    if let base {
      buffer.fill(rect.splitLeft(2 + grid.name + grid.facts).left, style: base)
    }
    buffer.put(isSelected ? ">" : " ", x: rect.x, y: rect.y, style: base ?? context[.text])
    let isTouched = state.settings.indices.contains(layer) && !state.settings[layer].isUntouched
    buffer.put(
      TextWidth.truncatedAtStart(model.layers[layer].layer.name, to: grid.name - 1), x: rect.x + 2,
      y: rect.y, style: base ?? context[isTouched ? .valueChanged : .text],
      maxWidth: grid.name)
    var x = rect.x + 2 + grid.name
    if grid.facts > 0 {
      let parameters = Figures.short(model.layers[layer].layer.parameters)
      let kurtosis = sheet.facts(layer).map { Figures.fixed($0.kurtosis, 1) } ?? "-"
      buffer.put(
        TextWidth.padded(parameters, to: 7, alignment: .trailing)
          + TextWidth.padded(kurtosis, to: 10, alignment: .trailing),
        x: x, y: rect.y, style: base ?? context[.textMuted])
      x += grid.facts
    }
    for place in grid.shown {
      drawCell(
        layer, place, isSelected: isSelected && place == sheet.column,
        at: Rect(x: x, y: rect.y, width: grid.cell, height: 1), in: &buffer)
      x += grid.cell
    }
  }

  /// One cell: shade, number, and in cells of six columns or more a mark behind it.
  private func drawCell(
    _ layer: Int, _ place: Int, isSelected: Bool, at rect: Rect, in buffer: inout CellBuffer
  ) {
    let column = sheet.columns[place]
    let cell = sheet.cell(layer, column)
    let flagged = rect.width > 5
    var number = context.glyphs == .ascii ? ".." : "…"
    var mark: Character = " "
    var style = context[.textMuted]
    var markStyle = style
    var flag = " "
    if let cell, let value = sheet.measure.value(cell), let excess = sheet.excess(cell) {
      let step = HarmPalette.step(excess)
      number = sheet.measure.text(value)
      style = palette.style(step)
      mark = palette.shade(step)
      markStyle = palette.shadeStyle(step)
      if cell.state == .partial, !sheet.measure.isFree {
        mark = "~"
        markStyle = style
      }
      if cell.state == .decided { flag = "'" }
    } else if let cell, !sheet.measure.isFree {
      // The weights alone say where the harm is likely, before anything has run.
      let step = HarmPalette.step(sheet.freeExcess(cell))
      mark = palette.shade(step)
      markStyle = palette.guessStyle(step)
    }
    if isInPlan(layer, column) {
      flag = "*"
      if !flagged { style.underline = true }
    }
    if isSelected {
      style = context[.selection].emphasized
      if style.background == .terminal { style.reverse = true }
      if !mark.isLetter, mark != "~" { mark = palette.shade(0) == mark ? " " : mark }
      markStyle = style
    }
    buffer.fill(rect, style: style.underline && !isSelected ? unlined(style) : style)
    let end = rect.maxX - (flagged ? 1 : 0)
    let text = TextWidth.padded(number, to: min(4, rect.width - 1), alignment: .trailing)
    buffer.put(text, x: end - 4, y: rect.y, style: style, maxWidth: 4)
    let room = TextWidth.cells(of: number)
    // The shade stands right before the number, as it belongs to it.
    buffer.put(String(mark), x: end - max(room, 3) - 1, y: rect.y, style: markStyle)
    if flagged { buffer.put(flag, x: end, y: rect.y, style: style) }
  }

  private func unlined(_ style: Style) -> Style {
    var copy = style
    copy.underline = false
    return copy
  }

  /// Whether the plan gives the layer what the cell's setting says of the sweep.
  private func isInPlan(_ layer: Int, _ column: Int) -> Bool {
    guard state.settings.indices.contains(layer) else { return false }
    let now = state.settings[layer]
    let setting = sheet.settings[column]
    switch sheet.sensitivity.sweep {
    case .prune:
      return now.prune.map { abs($0.amount - (setting.prune?.amount ?? 0)) < 1e-9 } ?? false
    case .bits: return now.weights.map { $0.bits == setting.weights?.bits } ?? false
    }
  }

  /// How many layers stay within the budget at each setting.
  private func drawSummary(_ grid: Grid, _ rect: Rect, in buffer: inout CellBuffer) {
    let muted = context[.textMuted]
    let label = "within \(sheet.measure.budgetText(sheet.budget))"
    buffer.put(
      TextWidth.truncated(label, to: grid.name + grid.facts), x: rect.x + 2, y: rect.y, style: muted
    )
    var x = rect.x + 2 + grid.name + grid.facts
    for place in grid.shown {
      let known = sheet.rows.compactMap { layer in
        sheet.cell(layer, sheet.columns[place]).flatMap { sheet.excess($0) }
      }
      let count = known.count { $0 <= 0 }
      let text = known.isEmpty ? "-" : "\(count)"
      let width = grid.cell - (grid.cell > 5 ? 1 : 0)
      buffer.put(
        TextWidth.padded(text, to: width, alignment: .trailing), x: x, y: rect.y,
        style: known.count == sheet.rows.count ? context[.text] : muted)
      x += grid.cell
    }
  }
}
