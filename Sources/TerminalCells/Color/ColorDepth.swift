/// How many colours the terminal draws.
public enum ColorDepth: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Attributes only.
  case mono
  /// The eight named colours; bright ones become bold.
  case ansi8
  /// The sixteen named colours.
  case ansi16
  /// The 240 fixed colours of the 256-colour palette.
  case indexed256
  /// Any red-green-blue value.
  case direct

  /// Orders depths by the number of colours.
  public static func < (left: ColorDepth, right: ColorDepth) -> Bool {
    left.rank < right.rank
  }

  /// Reads the words of `--color`: never, 8, 16, 256, direct; `nil` for others, including auto.
  public init?(option: String) {
    switch option {
    case "never", "mono": self = .mono
    case "8": self = .ansi8
    case "16": self = .ansi16
    case "256": self = .indexed256
    case "direct": self = .direct
    default: return nil
    }
  }

  /// The word for the status line, such as `256c`.
  public var shortName: String {
    switch self {
    case .mono: "mono"
    case .ansi8: "8c"
    case .ansi16: "16c"
    case .indexed256: "256c"
    case .direct: "24bit"
    }
  }

  private var rank: Int {
    switch self {
    case .mono: 0
    case .ansi8: 1
    case .ansi16: 2
    case .indexed256: 3
    case .direct: 4
    }
  }
}
