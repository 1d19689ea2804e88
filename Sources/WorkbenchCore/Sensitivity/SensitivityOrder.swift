/// The order of layers in the sensitivity view.
public enum SensitivityOrder: String, Sendable, Hashable, CaseIterable {
  /// As the network runs them.
  case graph
  /// The most harmed at the selected column first.
  case harm
  /// The ones that stand the harshest setting within the budget first.
  case tolerance
  /// The most parameters first.
  case parameters

  /// The next one, round and round.
  var next: SensitivityOrder {
    let all = Self.allCases
    let index = all.firstIndex(of: self) ?? 0
    return all[(index + 1) % all.count]
  }
}
