extension Style {
  /// The nearest style a terminal of some depth can draw.
  ///
  /// At eight colours bright ones become bold; without colours only the attributes stay.
  public func quantized(to depth: ColorDepth) -> Style {
    var copy = self
    if depth == .ansi8, case .ansi(let index) = foreground, index > 7 { copy.bold = true }
    copy.foreground = foreground.quantized(to: depth)
    copy.background = background.quantized(to: depth)
    return copy
  }
}

extension Color {
  /// The nearest colour a terminal of some depth can draw.
  public func quantized(to depth: ColorDepth) -> Color {
    switch (self, depth) {
    case (.terminal, _), (_, .mono): .terminal
    case (.ansi(let index), .ansi8): .ansi(index & 7)
    // Terminals with 24-bit colour numbers name only eight.
    case (.ansi(let index), .direct) where index > 7: value.map { Color($0) } ?? .terminal
    case (.ansi(let index), _): .ansi(index & 15)
    case (.indexed(let index), .indexed256): index < 16 ? .ansi(index) : self
    case (.indexed, .direct): value.map { Color($0) } ?? .terminal
    case (.indexed(let index), .ansi16): index < 16 ? .ansi(index) : nearest(16)
    case (.indexed(let index), .ansi8): index < 16 ? .ansi(index & 7) : nearest(8)
    case (.rgb, .direct): self
    case (.rgb(let red, let green, let blue), .indexed256):
      .indexed(ColorQuantizer.index(nearest: RGBColor(red, green, blue)))
    case (.rgb, .ansi16): nearest(16)
    case (.rgb, .ansi8): nearest(8)
    }
  }

  /// Its value; for named colours xterm's, `nil` for the terminal's default.
  public var value: RGBColor? {
    switch self {
    case .terminal: nil
    case .ansi(let index): ColorQuantizer.value(ofIndex: index & 15)
    case .indexed(let index): ColorQuantizer.value(ofIndex: index)
    case .rgb(let red, let green, let blue): RGBColor(red, green, blue)
    }
  }

  private func nearest(_ count: Int) -> Color {
    value.map { .ansi(ColorQuantizer.ansi(nearest: $0, count: count)) } ?? .terminal
  }
}
