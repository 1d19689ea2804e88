import Foundation
import TerminalCells

/// The Pareto board: every measured plan as a point and as a row.
struct BoardScreen {
  private let context: ScreenContext
  private let front: ParetoFront
  private let rows: [Int]
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) {
    self.context = context
    front = ParetoFront(context.state.points)
    rows = context.state.boardRows
  }

  func draw(in buffer: inout CellBuffer) {
    let layout = BoardLayout(columns: state.columns, rows: state.rows)
    drawList(layout.list, in: &buffer)
    if !layout.plot.isEmpty { drawPlot(layout.plot, in: &buffer) }
  }

  private var qualityName: String {
    state.qualityName == "agreement" ? "agrees" : state.qualityName
  }

  /// Cells of the column that it heads.
  private var qualityWidth: Int { max(9, TextWidth.cells(of: qualityName) + 2) }

  // The list.

  private func drawList(_ rect: Rect, in buffer: inout CellBuffer) {
    let onFront = front.isOnFront.count { $0 }
    let inner = context.pane(
      .layers, title: "Plans  \(state.board.order.title)",
      trailing: state.points.isEmpty ? "" : "\(onFront) on the front of \(state.points.count)",
      at: rect, in: &buffer)
    guard !inner.isEmpty else { return }
    guard !rows.isEmpty else {
      let room = inner.inset(horizontal: 1, vertical: 0)
      let text =
        state.isEvaluating
        ? "the first plan is being measured" : "plans you measure and searches (f) appear here"
      for (row, line) in Wrapping.lines(text, width: room.width).enumerated() {
        buffer.put(line, in: room, row: row, style: context[.textMuted])
      }
      return
    }
    var heading = "     " + padded("stored", 10) + padded("", 8) + padded(qualityName, qualityWidth)
    if inner.width >= 48 { heading += padded(state.sampleUnit, 9) }
    if inner.width >= 58 { heading += "  what the plan does" }
    buffer.put(heading, in: inner, style: context[.textMuted])
    let (_, list) = inner.splitTop(1)
    let selected = rows.firstIndex(of: state.board.point) ?? 0
    let first = WorkbenchState.scrolled(
      state.board.scroll, selected: selected, count: rows.count, height: list.height)
    for line in 0..<min(list.height, rows.count - first) {
      drawRow(
        rows[first + line], isSelected: first + line == selected, at: list.row(line), in: &buffer)
    }
    if rows.count > list.height {
      var window = ListWindow(count: rows.count, height: list.height, margin: 0)
      window.scroll(by: first)
      window.drawScrollBar(
        in: Rect(x: rect.maxX - 1, y: list.y, width: 1, height: list.height), of: &buffer,
        glyphs: context.glyphs, style: context[.border], thumbStyle: context[.progress])
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    TextWidth.padded(text, to: width, alignment: .trailing)
  }

  private func drawRow(
    _ index: Int, isSelected: Bool, at rect: Rect, in buffer: inout CellBuffer
  ) {
    let point = state.points[index]
    let isCurrent = point.plan == state.plan
    let base = isSelected ? context[.selection] : nil
    if let base { buffer.fill(rect, style: base) }
    let isFront = front.isOnFront[index]
    let text = base ?? context[isFront ? .value : .textDisabled]
    buffer.put(isSelected ? ">" : " ", in: rect, style: text)
    let mark = isCurrent ? context.glyphs.currentPoint : isFront ? context.glyphs.point : " "
    buffer.put(
      String(mark), x: rect.x + 2, y: rect.y,
      style: base ?? context[isCurrent ? .paretoCurrent : .paretoPoint])
    let original = state.sizes?.value.originalFile ?? point.storedBytes
    let ratio = Double(original) / Double(max(1, point.storedBytes))
    var line =
      padded(Figures.bytes(point.storedBytes), 10)
      + padded(Figures.ratio(ratio), 8)
      + padded(state.qualityText(point.quality), qualityWidth)
    if rect.width >= 48 { line += padded(Figures.grouped(point.images), 9) }
    if rect.width >= 58 {
      line += "  " + point.summary + (point.search == nil ? "" : "  (search)")
    }
    let room = rect.width - 5
    buffer.put(
      TextWidth.truncated(line, to: room), x: rect.x + 5, y: rect.y,
      style: isFront && base == nil ? text.emphasized : text, maxWidth: room)
  }

  // The plot.

  private func drawPlot(_ rect: Rect, in buffer: inout CellBuffer) {
    let inner = context.pane(
      .pareto, title: "\(qualityName) by stored size",
      trailing: rect.width >= 60 ? "greyed: another plan beats it" : "", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard inner.height >= 3, !rows.isEmpty else { return }
    let places = rows.map { place(state.points[$0]) }
    let xs = places.map(\.x)
    let ys = places.map(\.y)
    let (low, high) = (ys.min() ?? 0, ys.max() ?? 1)
    let (smallest, largest) = (xs.min() ?? 0, xs.max() ?? 1)
    let (plot, axis) = inner.splitBottom(1)
    let labels = [high, (high + low) / 2, low].map { "\(Figures.fixed($0 * 100, 1)) %" }
    let margin = labels.map { TextWidth.cells(of: $0) }.max() ?? 0
    for (index, label) in labels.enumerated() where high > low || index == 0 {
      if index == 1, plot.height < 7 { continue }
      buffer.put(
        TextWidth.padded(label, to: margin, alignment: .trailing), x: plot.x,
        y: plot.y + index * (plot.height - 1) / 2, style: context[.axis])
    }
    let (_, field) = plot.splitLeft(margin + 1)
    drawPoints(x: smallest...largest, y: low...high, in: field, of: &buffer)
    let (_, scale) = axis.splitLeft(margin + 1)
    let unit = Int(exp2(largest).rounded())
    buffer.put(
      Figures.bytes(Int(exp2(smallest).rounded()), unitOf: unit), in: scale, style: context[.axis])
    if scale.width >= 44 {
      let middle = Int(exp2((smallest + largest) / 2).rounded())
      buffer.put(
        Figures.bytes(middle, unitOf: unit), in: scale, style: context[.axis], alignment: .center)
    }
    buffer.put(
      Figures.bytes(unit, unitOf: unit), in: scale, style: context[.axis], alignment: .trailing)
  }

  /// Sizes are compared by their ratio, so their axis is logarithmic.
  private func place(_ point: MeasuredPoint, isCurrent: Bool = false) -> ScatterPlot.Point {
    ScatterPlot.Point(
      x: log2(Double(max(1, point.storedBytes))), y: point.quality, isCurrent: isCurrent)
  }

  private func drawPoints(
    x: ClosedRange<Double>, y: ClosedRange<Double>, in rect: Rect, of buffer: inout CellBuffer
  ) {
    func plot(_ indices: [Int], _ slot: ThemeSlot, label: String? = nil) {
      ScatterPlot(
        points: indices.map { place(state.points[$0], isCurrent: label != nil) }, xRange: x,
        yRange: y, currentLabel: label ?? ""
      ).draw(
        in: rect, of: &buffer, glyphs: context.glyphs, style: context[slot],
        currentStyle: context[slot])
    }
    // What another plan beats is drawn first, so that the front lies on top.
    plot(rows.filter { !front.isOnFront[$0] }, .textDisabled)
    plot(rows.filter { front.isOnFront[$0] }, .paretoPoint)
    let selected = rows.contains(state.board.point) ? state.board.point : nil
    if let current = state.currentPoint, rows.contains(current), current != selected {
      plot([current], .paretoCurrent, label: "now")
    }
    guard let selected else { return }
    drawSelected(state.points[selected], x: x, y: y, in: rect, of: &buffer)
  }

  /// The selected point, in brackets so that it shows without colours.
  private func drawSelected(
    _ point: MeasuredPoint, x: ClosedRange<Double>, y: ClosedRange<Double>, in rect: Rect,
    of buffer: inout CellBuffer
  ) {
    func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
      let span = range.upperBound - range.lowerBound
      return span > 0 ? (value - range.lowerBound) / span : 0.5
    }
    let place = place(point)
    let span = x.upperBound - x.lowerBound
    let column =
      span > 0
      ? Int((share(place.x, x) * Double(rect.width - 1)).rounded()) : max(0, (rect.width - 1) / 2)
    let rise = y.upperBound - y.lowerBound
    let row =
      rise > 0
      ? rect.height - 1 - Int((share(place.y, y) * Double(rect.height - 1)).rounded())
      : rect.height - 1 - max(0, (rect.height - 1) / 2)
    let isCurrent = point.plan == state.plan
    let style = context[.selection].emphasized
    let text = "[\(isCurrent ? context.glyphs.currentPoint : context.glyphs.point)]"
    let start = min(max(rect.x, rect.x + column - 1), rect.maxX - 3)
    buffer.put(text, x: start, y: rect.y + row, style: style)
    let label = state.qualityText(point.quality)
    let cells = TextWidth.cells(of: label)
    let isRight = start + 4 + cells <= rect.maxX
    buffer.put(
      label, x: isRight ? start + 4 : start - 1 - cells, y: rect.y + row,
      style: context[.paretoCurrent])
  }
}
