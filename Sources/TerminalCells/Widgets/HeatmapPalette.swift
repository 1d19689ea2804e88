/// The cells that stand for values in a heatmap.
struct HeatmapPalette {
  private let isSigned: Bool
  private let shades: [Character]
  private let zero: Cell
  private let blank: Cell
  private let upperHalf: Character
  private let lowerHalf: Character
  private let colors: [Color]
  /// Whether colours alone tell the values.
  private let isSolid: Bool
  private let text: Style

  init(isSigned: Bool, glyphs: Glyphs, sheet: StyleSheet) {
    self.isSigned = isSigned
    text = sheet[.text]
    let hasColors = !sheet.heatmap.values.isEmpty
    let ramp = isSigned && hasColors ? Ramp.diverging : sheet.heatmap
    colors = ramp.colors(at: sheet.depth).map { [text] color in
      color == .terminal ? text.foreground : color
    }
    isSolid = sheet.depth >= .indexed256 && hasColors
    // Where only glyphs tell the sign they must show it.
    shades = isSigned && !isSolid ? ["=", "-", "+", "#"] : glyphs.shades
    zero = Cell(glyphs.zero, style: sheet[.heatmapZero])
    blank = Cell(" ", style: sheet[.text])
    upperHalf = glyphs.upperHalf ?? " "
    lowerHalf = glyphs.lowerHalf ?? " "
  }

  /// One value for each step, low to high.
  var stepValues: [Double] {
    let count = max(colors.count, shades.count)
    return (0..<count).map { index in
      let middle = (Double(index) + 0.5) / Double(count)
      return isSigned ? 2 * middle - 1 : middle
    }
  }

  /// The cell of one value.
  func cell(_ value: Double?) -> Cell {
    guard let value, !value.isNaN else { return blank }
    if value == 0 { return zero }
    let glyph = shades[step(value, of: shades.count)]
    guard !colors.isEmpty else { return Cell(glyph, style: text) }
    let color = colors[step(value, of: colors.count)]
    // The shade shows in no colour of its own but stays in copied and saved text.
    return Cell(
      glyph, style: Style(foreground: color, background: isSolid ? color : text.background))
  }

  /// The cell of two values, one above the other.
  func cell(upper: Double?, lower: Double?) -> Cell {
    let top = fill(upper)
    let bottom = fill(lower)
    if top == nil && bottom == nil { return upper == 0 || lower == 0 ? zero : blank }
    guard let top else {
      return Cell(
        lowerHalf, style: Style(foreground: bottom ?? text.foreground, background: text.background))
    }
    return Cell(upperHalf, style: Style(foreground: top, background: bottom ?? text.background))
  }

  private func fill(_ value: Double?) -> Color? {
    guard let value, !value.isNaN, value != 0, !colors.isEmpty else { return nil }
    return colors[step(value, of: colors.count)]
  }

  /// The step of a value: for 0...1, the first holds what is above 0 up to the first fraction.
  private func step(_ value: Double, of count: Int) -> Int {
    let fraction = UnitInterval.clamped(isSigned ? (value + 1) / 2 : value)
    if isSigned && value > 0 {
      // Just above zero is the first step of the upper half.
      return min(count - 1, Int((fraction * Double(count)).rounded(.down)))
    }
    return min(max(Int((fraction * Double(count)).rounded(.up)) - 1, 0), count - 1)
  }
}
