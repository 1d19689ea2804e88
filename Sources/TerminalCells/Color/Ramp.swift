/// A row of colours from low to high whose lightness rises at every step.
///
/// On 256 colours the steps are chosen by hand, as mapping each colour to its nearest breaks the
/// rise: the palette has too few dark blues.
public struct Ramp: Sendable, Hashable {
  /// The name in theme files.
  public let name: String
  /// The steps as values, dark to light.
  public let values: [RGBColor]
  private let indices8: [UInt8]
  private let indices5: [UInt8]

  private init(_ name: String, _ values: [UInt32], eight: [UInt8], five: [UInt8]) {
    self.name = name
    self.values = values.map { RGBColor(hexValue: $0) }
    indices8 = eight
    indices5 = five
  }

  /// Makes a ramp of a theme's own colours; `nil` for fewer than three.
  public init?(colors: [RGBColor]) {
    guard colors.count >= 3 else { return nil }
    name = "custom"
    values = colors
    indices8 = []
    indices5 = []
  }

  /// Violet over green to yellow; safe for the common colour deficiencies.
  public static let viridis = Ramp(
    "viridis",
    [0x440154, 0x46327E, 0x365C8D, 0x277F8E, 0x1FA187, 0x4AC16D, 0xA0DA39, 0xFDE725],
    eight: [17, 53, 24, 30, 36, 78, 119, 226], five: [53, 25, 30, 35, 220])

  /// Blue over grey to yellow; nearly the same to all eyes.
  ///
  /// Eight steps on 256 colours come too near to each other, so there are five.
  public static let cividis = Ramp(
    "cividis",
    [0x00224E, 0x213B6E, 0x4C556C, 0x6C6E72, 0x8E8978, 0xB1A570, 0xD9C55C, 0xFEE838],
    eight: [], five: [235, 60, 244, 143, 220])

  /// Dark to light grey.
  public static let grey = Ramp(
    "grey",
    [0x121212, 0x303030, 0x4E4E4E, 0x6C6C6C, 0x8A8A8A, 0xA8A8A8, 0xC6C6C6, 0xEEEEEE],
    eight: [233, 236, 239, 242, 245, 248, 251, 255], five: [])

  /// No colours: glyphs only.
  public static let none = Ramp("none", [], eight: [], five: [])

  /// The ramp of a name as theme files write it: viridis, cividis, grey, none.
  public init?(named name: String) {
    guard let ramp = [Ramp.viridis, .cividis, .grey, .none].first(where: { $0.name == name })
    else { return nil }
    self = ramp
  }

  /// Blue over white to orange, for values of both signs; its lightness rises to the middle only.
  ///
  /// Never red and green, which many eyes can't tell apart.
  public static let diverging = Ramp(
    "diverging",
    [0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xFEE0B6, 0xFDB863, 0xE08214, 0xB35806],
    eight: [25, 68, 110, 153, 223, 215, 208, 166], five: [])

  /// The colours for cells, low to high.
  ///
  /// - Parameters:
  ///   - depth: What the terminal draws. Mono gives no colours; 8 and 16 give four that go with
  ///     four shades, so that it reads without them. The last is the colour of text, as white
  ///     would vanish on light terminals.
  ///   - compact: Five steps and not eight, easier told apart where cells stand alone.
  public func colors(at depth: ColorDepth, compact: Bool = false) -> [Color] {
    if values.isEmpty { return [] }
    switch depth {
    case .mono: return []
    case .ansi8, .ansi16:
      if self == .diverging { return [.ansi(6), .ansi(6), .ansi(3), .ansi(3)] }
      return [.ansi(4), .ansi(6), .ansi(3), .terminal]
    case .indexed256:
      let wanted = compact ? indices5 : indices8
      let given = wanted.isEmpty ? (compact ? indices8 : indices5) : wanted
      return given.isEmpty
        ? values.map { Color($0).quantized(to: .indexed256) } : given.map { .indexed($0) }
    case .direct: return values.map { Color($0) }
    }
  }
}
