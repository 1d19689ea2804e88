/// The Pareto board: which point is looked at, and how the list is sorted.
public struct BoardState: Sendable {
  /// The order of the list.
  public enum Order: String, Sendable, Hashable, CaseIterable {
    /// The smallest first.
    case size
    /// The most accurate first.
    case quality
    /// The last one measured first.
    case time

    /// The next one, round and round.
    var next: Order {
      let all = Self.allCases
      let index = all.firstIndex(of: self) ?? 0
      return all[(index + 1) % all.count]
    }

    /// In words for messages and titles.
    var title: String {
      switch self {
      case .size: "by stored bytes"
      case .quality: "by accuracy"
      case .time: "newest first"
      }
    }
  }

  /// The selected point, by index into the measured points.
  public internal(set) var point = 0
  /// The order of the list.
  public internal(set) var order: Order = .size
  /// Whether plans that another one beats are hidden.
  public internal(set) var showsFrontOnly = false
  /// The first row shown, kept so that the list does not jump.
  public internal(set) var scroll = 0

  /// A board at its start.
  public init() {}
}
