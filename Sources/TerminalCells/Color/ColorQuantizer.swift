/// Finds the nearest colour a terminal has.
enum ColorQuantizer {
  /// The levels of the 6x6x6 cube; not evenly spaced.
  static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]

  /// The values of the sixteen named colours as xterm ships them, for lack of the user's.
  static let ansiValues: [RGBColor] = [
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
  ].map { RGBColor(hexValue: $0) }

  /// The value of a fixed palette index, 16...255; of a named colour, xterm's.
  static func value(ofIndex index: UInt8) -> RGBColor {
    switch index {
    case 0..<16: return ansiValues[Int(index)]
    case 16..<232:
      let cube = Int(index) - 16
      return RGBColor(cubeLevels[cube / 36], cubeLevels[cube / 6 % 6], cubeLevels[cube % 6])
    default:
      let grey = UInt8(8 + 10 * (Int(index) - 232))
      return RGBColor(grey, grey, grey)
    }
  }

  /// The nearest of the indices 16...255 in CIELAB.
  static func index(nearest color: RGBColor) -> UInt8 {
    let target = LabColor(color)
    return fixedColors.min { $0.lab.distance(to: target) < $1.lab.distance(to: target) }?.index
      ?? 16
  }

  /// The nearest of the first sixteen, or eight, named colours.
  static func ansi(nearest color: RGBColor, count: Int) -> UInt8 {
    let target = LabColor(color)
    let best = ansiValues.prefix(count).indices.min {
      LabColor(ansiValues[$0]).distance(to: target) < LabColor(ansiValues[$1]).distance(to: target)
    }
    return UInt8(best ?? 7)
  }

  private static let fixedColors: [(index: UInt8, lab: LabColor)] = (16...255).map {
    (UInt8($0), LabColor(value(ofIndex: UInt8($0))))
  }
}
