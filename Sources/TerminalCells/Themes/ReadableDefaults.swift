/// Chooses among a palette's colours where the usual one can't be read.
///
/// Schemes use base04 and base06 for different things: in some they are decorations, hardly seen
/// on base00 or base02. A style the theme gives itself is never changed.
enum ReadableDefaults {
  static func style(for slot: ThemeSlot, palette: [RGBColor]) -> ThemeStyle? {
    guard var style = BuiltInSlots.palette[slot] else { return nil }
    guard case .base(let usual)? = style.foreground else { return style }
    let background: Int = if case .base(let index)? = style.background { index } else { 0x00 }
    switch usual {
    case 0x04 where slot != .progressTrack:
      style.foreground = .base(first([0x04, 0x05], on: background, ratio: 3, palette: palette))
    case 0x06:
      style.foreground = .base(
        first([0x06, 0x05, 0x07, 0x00], on: background, ratio: 4.5, palette: palette))
    default: break
    }
    return style
  }

  /// The first colour with enough contrast; where none has, the one with most.
  private static func first(
    _ candidates: [Int], on background: Int, ratio: Double, palette: [RGBColor]
  ) -> Int {
    let below = palette[background]
    let ratios = candidates.map { ($0, palette[$0].contrast(with: below)) }
    return ratios.first { $0.1 >= ratio }?.0 ?? ratios.max { $0.1 < $1.1 }?.0 ?? candidates[0]
  }
}
