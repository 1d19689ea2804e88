import TerminalCells

/// The histograms of a layer's weights before and after, apart or on one axis.
struct HistogramPart {
  private let context: ScreenContext

  init(_ context: ScreenContext) { self.context = context }

  func draw(
    _ picture: LayerPicture, isStale: Bool, in rect: Rect, of buffer: inout CellBuffer
  ) {
    let (captions, plots) = rect.splitTop(1)
    guard plots.height >= 1 else { return }
    if context.state.comparesOnOneAxis {
      drawTogether(picture, captions, plots, in: &buffer)
      return
    }
    let heads = captions.columns(2, gap: 2)
    let halves = plots.columns(2, gap: 2)
    buffer.put("before\(scaleText)", in: heads[0], style: context[.histogramBefore])
    buffer.put(afterCaption(picture, width: heads[1].width), in: heads[1], row: 0)
    drawPlot(
      picture.before, cutOff: picture.cutOff, levels: [], slot: .histogramBefore, in: halves[0],
      of: &buffer)
    drawPlot(
      picture.after, cutOff: nil, levels: picture.levels,
      slot: isStale ? .textDisabled : .histogramAfter, in: halves[1], of: &buffer)
  }

  private var scaleText: String {
    context.state.histogramIsLogarithmic ? "  log counts" : ""
  }

  private func afterCaption(_ picture: LayerPicture, width: Int) -> [StyledText] {
    var pieces = [StyledText("after", context[.histogramAfter])]
    if picture.after.zeros > 0 {
      let percent = Figures.fixed(picture.sparsity * 100, width < 24 ? 0 : 1)
      pieces += [
        StyledText("  \(context.glyphs.full)", context[.histogramCutOff]),
        StyledText(" zeros \(percent) %", context[.textMuted]),
      ]
    }
    if !picture.levels.isEmpty, width >= 34 {
      pieces.append(StyledText("  \(picture.levels.count) levels", context[.textMuted]))
    }
    return pieces
  }

  /// A plot with the column of exact zeros in its own colour.
  ///
  /// Zeros would dwarf everything else, so the scale is that of the other weights and the column of
  /// zeros is cut at the top; its share stands in the caption.
  private func drawPlot(
    _ histogram: WeightHistogram, cutOff: Float?, levels: [Float], slot: ThemeSlot, in rect: Rect,
    of buffer: inout CellBuffer, largest: Double? = nil
  ) {
    var counts = histogram.columns(rect.width)
    let top = largest ?? counts.max() ?? 0
    let zeroColumn = histogram.column(of: 0, among: rect.width)
    if let zeroColumn, histogram.zeros > 0 { counts[zeroColumn] += Double(histogram.zeros) }
    let range = Double(histogram.range.lowerBound)...Double(histogram.range.upperBound)
    var plot = HistogramPlot(
      counts: counts, range: range,
      scale: context.state.histogramIsLogarithmic ? .logarithmic : .linear,
      largest: top > 0 ? top : nil)
    plot.cutOffs = cutOff.map { [-Double($0), Double($0)] } ?? []
    // A level that is nowhere keeps the row of marks, so that plots side by side stay level.
    plot.levels = levels.isEmpty ? [.infinity] : levels.map { Double($0) }
    plot.lowLabel = Figures.weight(range.lowerBound)
    plot.highLabel = Figures.weight(range.upperBound)
    plot.draw(
      in: rect, of: &buffer, glyphs: context.glyphs,
      styles: HistogramPlot.Styles(
        bars: context[slot], cut: context[.histogramCutOff], level: context[.histogramLevel],
        axis: context[.axis]))
    if let zeroColumn, histogram.zeros > 0 {
      let cut = context[.histogramCutOff]
      buffer.restyle(
        Rect(x: rect.x + zeroColumn, y: rect.y, width: 1, height: Self.plotRows(rect))
      ) { $0 = cut }
    }
  }

  /// Rows of a plot without its marks and its axis.
  private static func plotRows(_ rect: Rect) -> Int {
    rect.height - (rect.height >= 2 ? 1 : 0) - (rect.height >= 4 ? 1 : 0)
  }

  private func drawTogether(
    _ picture: LayerPicture, _ captions: Rect, _ rect: Rect, in buffer: inout CellBuffer
  ) {
    let before = picture.before.columns(rect.width)
    let after = picture.after.columns(rect.width)
    let top = max(before.max() ?? 0, after.max() ?? 0)
    let shade = context.glyphs == .ascii ? Character(":") : context.glyphs.track
    buffer.put(
      [
        StyledText("\(shade) before  ", context[.histogramBefore]),
        StyledText("\(context.glyphs.full) ", context[.histogramAfter]),
      ] + afterCaption(picture, width: captions.width)
        + [StyledText(scaleText, context[.textMuted])], in: captions, row: 0)
    let scale: HistogramScale = context.state.histogramIsLogarithmic ? .logarithmic : .linear
    let range = Double(picture.before.range.lowerBound)...Double(picture.before.range.upperBound)
    let heights = HistogramPlot(
      counts: before, range: range, scale: scale, largest: top > 0 ? top : nil
    ).heights(width: rect.width)
    let rows = Self.plotRows(rect)
    for (column, height) in heights.enumerated() where height > 0 {
      let filled = max(1, Int((height * Double(rows)).rounded()))
      for row in max(0, rows - filled)..<rows {
        buffer[rect.x + column, rect.y + row] = Cell(shade, style: context[.histogramBefore])
      }
    }
    drawPlot(
      picture.after, cutOff: picture.cutOff, levels: picture.levels, slot: .histogramAfter,
      in: rect, of: &buffer, largest: top > 0 ? top : nil)
  }
}
