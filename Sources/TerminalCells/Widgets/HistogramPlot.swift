/// Counts over a range of values as columns, with the ends of the range below.
///
/// The bins are shared out to the columns there are: wider plots repeat bins, narrower ones show
/// the largest of those they put together. So the highest stays highest at every width.
public struct HistogramPlot: Sendable, Hashable {
  /// The styles of a plot.
  public struct Styles: Sendable, Hashable {
    /// The columns.
    public var bars: Style
    /// Columns that pruning takes away: those within the cut-off.
    public var cut: Style
    /// The marks of quantization levels.
    public var level: Style
    /// The ends of the range.
    public var axis: Style

    /// Makes the styles; what is left out looks like the columns.
    public init(bars: Style = .plain, cut: Style? = nil, level: Style? = nil, axis: Style? = nil) {
      self.bars = bars
      self.cut = cut ?? bars
      self.level = level ?? bars
      self.axis = axis ?? bars
    }
  }

  /// The counts of the bins from low to high; negative ones and not-a-number count as 0.
  public var counts: [Double]
  /// The range the bins cover.
  public var range: ClosedRange<Double>
  /// How counts become heights.
  public var scale: HistogramScale
  /// The count of a full column; the largest of the counts if not given.
  ///
  /// Two plots side by side compare only when they share it.
  public var largest: Double?
  /// Values marked below: where pruning cuts off, on both sides of zero.
  public var cutOffs: [Double]
  /// Values marked with ticks: what quantization leaves.
  public var levels: [Double]
  /// The text of the range's lower end, below the left column.
  public var lowLabel: String
  /// The text of the range's upper end, below the right column.
  public var highLabel: String

  /// Makes a plot; labels not given are the ends of the range as numbers.
  public init(
    counts: [Double], range: ClosedRange<Double>, scale: HistogramScale = .linear,
    largest: Double? = nil, cutOffs: [Double] = [], levels: [Double] = [],
    lowLabel: String? = nil, highLabel: String? = nil
  ) {
    self.counts = counts
    self.range = range
    self.scale = scale
    self.largest = largest
    self.cutOffs = cutOffs
    self.levels = levels
    self.lowLabel = lowLabel ?? HistogramPlot.label(range.lowerBound)
    self.highLabel = highLabel ?? HistogramPlot.label(range.upperBound)
  }

  /// Draws columns, a row of marks where there are any, and a row with the range ends.
  ///
  /// Rows are given up from below when there are few: from four rows on all show, at one only the
  /// columns do.
  public func draw(
    in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, styles: Styles = Styles()
  ) {
    guard !rect.isEmpty else { return }
    let hasMarks = !(cutOffs.isEmpty && levels.isEmpty)
    let axisRows = rect.height >= 2 ? 1 : 0
    let markRows = hasMarks && rect.height >= 4 ? 1 : 0
    let (plot, below) = rect.splitTop(rect.height - axisRows - markRows)
    drawColumns(in: plot, of: &buffer, glyphs: glyphs, styles: styles)
    let (marks, axis) = below.splitTop(markRows)
    if markRows > 0 { drawMarks(in: marks, of: &buffer, glyphs: glyphs, styles: styles) }
    if axisRows > 0 { drawAxis(in: axis, of: &buffer, style: styles.axis) }
  }

  /// The column a value falls in; `nil` outside the range.
  public func column(of value: Double, width: Int) -> Int? {
    let span = range.upperBound - range.lowerBound
    guard width > 0, value.isFinite, span.isFinite, span > 0, range.contains(value) else {
      return nil
    }
    return min(width - 1, Int((value - range.lowerBound) / span * Double(width)))
  }

  /// The heights of the columns, 0...1.
  public func heights(width: Int) -> [Double] {
    guard width > 0, !counts.isEmpty else { return Array(repeating: 0, count: max(0, width)) }
    let clean = counts.map { $0.isNaN || $0 < 0 ? 0 : $0 }
    let top = largest ?? clean.max() ?? 0
    return (0..<width).map { column in
      let first = column * clean.count / width
      let last = max(first + 1, (column + 1) * clean.count / width)
      let count = clean[first..<min(last, clean.count)].max() ?? 0
      return scale.fraction(count, largest: top)
    }
  }

  private func drawColumns(
    in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, styles: Styles
  ) {
    let steps = glyphs.verticalBars
    let perCell = steps.count - 1
    let isCut = cutColumns(width: rect.width)
    for (column, height) in heights(width: rect.width).enumerated() {
      let filled =
        height > 0 ? max(1, Int((height * Double(rect.height * perCell)).rounded())) : 0
      for row in 0..<rect.height {
        let step = min(max(filled - (rect.height - 1 - row) * perCell, 0), perCell)
        guard step > 0 else { continue }
        buffer[rect.x + column, rect.y + row] = Cell(
          steps[step], style: isCut[column] ? styles.cut : styles.bars)
      }
    }
  }

  /// Which columns lie wholly or partly between the lowest and the highest cut-off.
  private func cutColumns(width: Int) -> [Bool] {
    var flags = Array(repeating: false, count: width)
    guard cutOffs.count >= 2, let low = cutOffs.min(), let high = cutOffs.max(),
      let first = column(of: max(low, range.lowerBound), width: width),
      let last = column(of: min(high, range.upperBound), width: width), first <= last
    else { return flags }
    for column in first...last { flags[column] = true }
    return flags
  }

  private func drawMarks(
    in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, styles: Styles
  ) {
    for level in levels {
      guard let column = column(of: level, width: rect.width) else { continue }
      buffer[rect.x + column, rect.y] = Cell(glyphs.tick, style: styles.level)
    }
    for cutOff in cutOffs {
      guard let column = column(of: cutOff, width: rect.width) else { continue }
      buffer[rect.x + column, rect.y] = Cell(glyphs.marker, style: styles.cut)
    }
  }

  private func drawAxis(in rect: Rect, of buffer: inout CellBuffer, style: Style) {
    let used = buffer.put(lowLabel, in: rect, style: style)
    guard used + 1 + TextWidth.cells(of: highLabel) <= rect.width else { return }
    buffer.put(highLabel, in: rect, style: style, alignment: .trailing)
  }

  private static func label(_ value: Double) -> String {
    // Weights of late layers are often below a hundredth.
    FixedDecimals.text(value, decimals: abs(value) < 0.095 && value != 0 ? 4 : 2)
  }
}
