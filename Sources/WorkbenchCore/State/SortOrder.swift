/// The order of rows in the layer pane.
public enum SortOrder: String, Sendable, Hashable, CaseIterable {
  /// The module tree in graph order.
  case tree
  /// A flat list, the largest stored bytes first.
  case bytes
  /// A flat list, the most zeros first.
  case sparsity
  /// A flat list, the most parameters first.
  case parameters

  /// The next one, round and round.
  var next: SortOrder {
    let all = Self.allCases
    let index = all.firstIndex(of: self) ?? 0
    return all[(index + 1) % all.count]
  }

  /// In words for messages and titles.
  var title: String {
    switch self {
    case .tree: "in graph order"
    case .bytes: "by stored bytes"
    case .sparsity: "by sparsity"
    case .parameters: "by parameters"
    }
  }
}
