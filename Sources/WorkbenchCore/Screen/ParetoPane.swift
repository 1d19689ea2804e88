import Foundation
import TerminalCells

/// Accuracy by stored size of every plan measured in this session.
struct ParetoPane {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    let count = state.points.count
    let inner = context.pane(
      .pareto, title: "Pareto  \(state.qualityName) by size",
      trailing: count == 0 || rect.width < 34
        ? "" : rect.width >= 44 ? "\(count) plans" : "\(count)", at: rect,
      in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    guard let first = state.points.first else {
      for (row, line) in Wrapping.lines("plans you measure appear here", width: inner.width)
        .enumerated()
      { buffer.put(line, in: inner, row: row, style: context[.textMuted]) }
      return
    }
    let (plot, axis) = inner.splitBottom(inner.height >= 3 ? 1 : 0)
    let all = state.points.map { place($0) } + [original, current].compactMap { $0 }
    let qualities = all.map(\.y)
    let sizes = all.map(\.x)
    let low = qualities.min() ?? first.quality
    let high = qualities.max() ?? first.quality
    let smallest = sizes.min() ?? 0
    let largest = sizes.max() ?? 0
    let labels = [high, low].map { state.qualityTick($0) }
    let margin = labels.map { TextWidth.cells(of: $0) }.max() ?? 0
    buffer.put(labels[0], in: plot, style: context[.axis])
    if plot.height > 1, high > low {
      buffer.put(labels[1], in: plot, row: plot.height - 1, style: context[.axis])
    }
    let (_, field) = plot.splitLeft(margin + 1)
    drawPoints(x: smallest...largest, y: low...high, in: field, of: &buffer)
    let (_, scale) = axis.splitLeft(margin + 1)
    let unit = Int(exp2(largest).rounded())
    let left = Figures.bytes(Int(exp2(smallest).rounded()), unitOf: unit)
    let right = Figures.bytes(unit, unitOf: unit)
    buffer.put(left, in: scale, style: context[.axis])
    if TextWidth.cells(of: left) + TextWidth.cells(of: right) + 1 <= scale.width {
      buffer.put(right, in: scale, style: context[.axis], alignment: .trailing)
    }
  }

  /// Sizes are compared by their ratio, so their axis is logarithmic.
  private func place(
    bytes: Int, quality: Double, isCurrent: Bool = false
  ) -> ScatterPlot.Point {
    ScatterPlot.Point(x: log2(Double(max(1, bytes))), y: quality, isCurrent: isCurrent)
  }

  private func place(_ point: MeasuredPoint) -> ScatterPlot.Point {
    place(bytes: point.storedBytes, quality: point.quality)
  }

  /// The original network: its file's size and its own accuracy.
  private var original: ScatterPlot.Point? {
    guard let sizes = state.sizes?.value, let metrics = state.metrics?.value else { return nil }
    return place(bytes: sizes.originalFile, quality: metrics.headline.baselineQuality)
  }

  /// The plan as it stands, with what is measured of it so far.
  private var current: ScatterPlot.Point? {
    guard let sizes = state.sizes, let metrics = state.metrics,
      sizes.generation == state.generation, metrics.generation == state.generation,
      let quality = metrics.value.headline.quality
    else { return nil }
    return place(bytes: sizes.value.stored, quality: quality, isCurrent: true)
  }

  private func drawPoints(
    x: ClosedRange<Double>, y: ClosedRange<Double>, in rect: Rect, of buffer: inout CellBuffer
  ) {
    func plot(_ points: [ScatterPlot.Point], _ slot: ThemeSlot) {
      ScatterPlot(points: points, xRange: x, yRange: y, currentLabel: "now").draw(
        in: rect, of: &buffer, glyphs: context.glyphs, style: context[slot],
        currentStyle: context[.paretoCurrent])
    }
    // What another plan beats in both is drawn fainter, and first, so that the front lies on top.
    plot(state.points.filter { isBeaten($0) }.map { place($0) }, .textMuted)
    plot([original].compactMap { $0 }, .text)
    plot(state.points.filter { !isBeaten($0) }.map { place($0) }, .paretoPoint)
    plot([current].compactMap { $0 }, .paretoCurrent)
  }

  private func isBeaten(_ point: MeasuredPoint) -> Bool {
    state.points.contains {
      $0.storedBytes <= point.storedBytes && $0.quality >= point.quality
        && ($0.storedBytes < point.storedBytes || $0.quality > point.quality)
    }
  }
}
