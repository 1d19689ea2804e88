import TerminalCells

/// How a cell of the sensitivity table looks by how far it lies beyond the budget.
///
/// Steps are doublings: 0 below half the budget, 1 within it, 2 up to twice, 3 up to four times, 4 up
/// to eight times, 5 beyond. What is out of the budget has a shade, so that it reads without colours.
struct HarmPalette {
  static let steps = 6

  private let shades: [Character]
  private let colors: [Color]
  private let isSolid: Bool
  private let plain: Style
  private let muted: Style

  init(_ context: ScreenContext) {
    let sheet = context.sheet
    plain = sheet[.value]
    muted = sheet[.textMuted]
    shades = [" ", " "] + context.glyphs.shades
    let ramp = sheet.heatmap.colors(at: sheet.depth, compact: true)
    isSolid = sheet.depth >= .indexed256 && !ramp.isEmpty
    // On a light ground the darkest colour is what stands out.
    let ordered = sheet.theme.variant == .light && isSolid ? Array(ramp.reversed()) : ramp
    colors = isSolid ? Self.spread(ordered, to: 5) : ordered
  }

  /// The step of an excess in doublings.
  static func step(_ excess: Double) -> Int {
    if excess.isNaN { return 0 }
    if excess <= -1 { return 0 }
    return min(5, Int(excess.rounded(.up)) + 1)
  }

  /// The shade of a step: blank within the budget.
  func shade(_ step: Int) -> Character { shades[min(step, shades.count - 1)] }

  /// The style of a measured number of a step.
  func style(_ step: Int) -> Style {
    guard step > 0, !colors.isEmpty else { return plain }
    guard isSolid else {
      return step < 2 ? plain : plain.foreground(colors[min(step - 2, colors.count - 1)])
    }
    let background = colors[step - 1]
    return Style(foreground: Self.text(on: background), background: background)
  }

  /// The style of the shade beside a measured number: in colours it shows in copied text only.
  func shadeStyle(_ step: Int) -> Style {
    let style = style(step)
    return isSolid && step > 0 ? style.foreground(style.background) : style
  }

  /// The style of the shade that weights alone suggest.
  func guessStyle(_ step: Int) -> Style {
    guard step > 1, !colors.isEmpty else { return muted }
    return muted.foreground(isSolid ? colors[step - 1] : colors[min(step - 2, colors.count - 1)])
  }

  /// The style of a bar or a point of a step.
  func barStyle(_ step: Int, _ usual: Style) -> Style {
    guard step > 1, !colors.isEmpty else { return usual }
    return usual.foreground(isSolid ? colors[step - 1] : colors[min(step - 2, colors.count - 1)])
  }

  /// Colours picked evenly where the ramp has another number of them.
  private static func spread(_ colors: [Color], to count: Int) -> [Color] {
    guard colors.count != count, colors.count > 1 else { return colors }
    return (0..<count).map { index in
      colors[(index * (colors.count - 1) + (count - 1) / 2) / (count - 1)]
    }
  }

  /// Black or white, whichever reads better.
  private static func text(on color: Color) -> Color {
    let white = RGBColor(255, 255, 255)
    let black = RGBColor(0, 0, 0)
    guard let value = RGBColor(color) else { return .terminal }
    let isDark = value.contrast(with: white) >= value.contrast(with: black)
    return color.isIndexed ? .indexed(isDark ? 255 : 16) : Color(isDark ? white : black)
  }
}

extension Color {
  fileprivate var isIndexed: Bool { if case .indexed = self { true } else { false } }
}

extension RGBColor {
  /// The value of a colour that does not depend on the terminal's palette.
  fileprivate init?(_ color: Color) {
    switch color {
    case .rgb(let red, let green, let blue): self.init(red, green, blue)
    case .indexed(let index) where index >= 232:
      let grey = 8 + 10 * (index - 232)
      self.init(grey, grey, grey)
    case .indexed(let index) where index >= 16:
      let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
      let cube = Int(index) - 16
      self.init(levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
    case .indexed, .ansi, .terminal: return nil
    }
  }
}
