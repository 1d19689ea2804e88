/// Points over two axes, such as accuracy by size.
public struct ScatterPlot: Sendable, Hashable {
  /// A point of the plot.
  public struct Point: Sendable, Hashable {
    /// Its place to the right.
    public var x: Double
    /// Its place upwards.
    public var y: Double
    /// Whether it is the one in question, drawn over the others with its own mark.
    public var isCurrent: Bool

    /// Makes a point; one that is not finite is not drawn.
    public init(x: Double, y: Double, isCurrent: Bool = false) {
      self.x = x
      self.y = y
      self.isCurrent = isCurrent
    }
  }

  /// The points.
  public var points: [Point]
  /// The range to the right; that of the points if not given.
  public var xRange: ClosedRange<Double>?
  /// The range upwards; that of the points if not given.
  public var yRange: ClosedRange<Double>?
  /// What is written beside the current point, where there is room.
  public var currentLabel: String

  /// Makes a plot.
  public init(
    points: [Point], xRange: ClosedRange<Double>? = nil, yRange: ClosedRange<Double>? = nil,
    currentLabel: String = ""
  ) {
    self.points = points
    self.xRange = xRange
    self.yRange = yRange
    self.currentLabel = currentLabel
  }

  /// Draws the points; the corners are the ends of the ranges.
  ///
  /// With Braille dots a cell has two by four places for the points that are not current.
  public func draw(
    in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, style: Style = .plain,
    currentStyle: Style? = nil
  ) {
    guard !rect.isEmpty else { return }
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard let xs = xRange ?? Self.range(finite.map(\.x)),
      let ys = yRange ?? Self.range(finite.map(\.y))
    else { return }
    var dots: [Int: UInt32] = [:]
    let subX = glyphs == .braille ? 2 : 1
    let subY = glyphs == .braille ? 4 : 1
    for point in finite where !point.isCurrent {
      let column = Self.place(point.x, in: xs, steps: rect.width * subX)
      let row = rect.height * subY - 1 - Self.place(point.y, in: ys, steps: rect.height * subY)
      let cell = row / subY * rect.width + column / subX
      dots[cell, default: 0] |= Self.brailleBits[row % subY][column % subX]
    }
    for (cell, bits) in dots {
      let braille = Unicode.Scalar(0x2800 + bits).map { Character($0) }
      buffer[rect.x + cell % rect.width, rect.y + cell / rect.width] = Cell(
        glyphs == .braille ? braille ?? glyphs.point : glyphs.point, style: style)
    }
    for point in finite where point.isCurrent {
      let column = Self.place(point.x, in: xs, steps: rect.width)
      let row = rect.height - 1 - Self.place(point.y, in: ys, steps: rect.height)
      drawCurrent(
        x: column, y: row, in: rect, of: &buffer, glyphs: glyphs, style: currentStyle ?? style)
    }
  }

  private func drawCurrent(
    x: Int, y: Int, in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, style: Style
  ) {
    buffer[rect.x + x, rect.y + y] = Cell(glyphs.currentPoint, style: style)
    let cells = TextWidth.cells(of: currentLabel)
    guard cells > 0 else { return }
    if x + 2 + cells <= rect.width {
      buffer.put(currentLabel, x: rect.x + x + 2, y: rect.y + y, style: style)
    } else if x - 1 - cells >= 0 {
      buffer.put(currentLabel, x: rect.x + x - 1 - cells, y: rect.y + y, style: style)
    }
  }

  private static let brailleBits: [[UInt32]] = [
    [0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80],
  ]

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }

  private static func place(_ value: Double, in range: ClosedRange<Double>, steps: Int) -> Int {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite, steps > 1 else { return max(0, (steps - 1) / 2) }
    let fraction = UnitInterval.clamped((value - range.lowerBound) / span)
    return min(steps - 1, Int((fraction * Double(steps - 1)).rounded()))
  }
}
