/// A set of characters to draw with; chosen once for what the terminal's font and locale have.
public enum Glyphs: String, Sendable, Hashable, CaseIterable {
  /// Letters and signs of ASCII only.
  case ascii
  /// Block elements and box lines.
  case blocks
  /// As blocks, with Braille dots for plots.
  case braille

  /// The characters of boxes.
  public var border: BorderGlyphs { self == .ascii ? .ascii : .lines }

  /// Bars growing upwards, from empty to full.
  ///
  /// Nine steps, eight in ASCII.
  public var verticalBars: [Character] {
    switch self {
    case .ascii: [" ", ".", ":", "-", "=", "+", "*", "#"]
    case .blocks: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    case .braille: [" ", "⣀", "⣤", "⣶", "⣿"]
    }
  }

  /// Bars growing to the right, from empty to full.
  public var horizontalBars: [Character] {
    self == .ascii ? [" ", "#"] : [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
  }

  /// A full cell.
  public var full: Character { self == .ascii ? "#" : "█" }

  /// What the empty part of a bar in brackets is drawn with.
  public var track: Character { self == .ascii ? "." : "░" }

  /// Four steps of darkness for values above zero, lightest first.
  ///
  /// The full stop stands for zero in ASCII and is thus no step, so `:` is the first.
  public var shades: [Character] {
    self == .ascii ? [":", "+", "#", "@"] : ["░", "▒", "▓", "█"]
  }

  /// What stands for exactly zero, which differs from small.
  public var zero: Character { self == .ascii ? "." : "·" }

  /// A point of a plot.
  public var point: Character { self == .ascii ? "o" : "•" }

  /// The highlighted point of a plot.
  public var currentPoint: Character { "@" }

  /// The mark of a position below a plot.
  public var marker: Character { self == .ascii ? "^" : "▴" }

  /// A quantization level below a plot.
  public var tick: Character { self == .ascii ? "'" : "╵" }

  /// The line of a selected row; the same in all sets, as it is in columns with text.
  public var selection: Character { ">" }

  /// A branch of a tree with another below it.
  public var branch: String { self == .ascii ? "|- " : "├ " }

  /// The last branch of a tree.
  public var lastBranch: String { self == .ascii ? "`- " : "└ " }

  /// The line past a branch to those below it.
  public var trunk: String { self == .ascii ? "|  " : "│ " }

  /// A group whose members are hidden.
  public var collapsed: Character { self == .ascii ? "+" : "▸" }

  /// A group whose members are shown.
  public var expanded: Character { self == .ascii ? "-" : "▾" }

  /// The upper half of a cell, for two values in one; `nil` where there is none.
  public var upperHalf: Character? { self == .ascii ? nil : "▀" }

  /// The lower half of a cell; `nil` where there is none.
  public var lowerHalf: Character? { self == .ascii ? nil : "▄" }

  /// A track with a thumb, for scroll bars: line and thumb.
  public var scrollBar: (track: Character, thumb: Character) {
    self == .ascii ? ("|", "#") : ("│", "█")
  }

  /// An arrow between a value before and after; the same in all sets.
  public var arrow: String { "->" }

  /// The word for the status line.
  public var shortName: String { self == .ascii ? "ascii" : self == .blocks ? "utf8" : "braille" }
}
