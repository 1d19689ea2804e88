/// What a cell of the heatmap shows.
public enum HeatmapMode: String, Sendable, Hashable, CaseIterable {
  /// The share of zeros, linear.
  case zeros
  /// The mean magnitude, linear.
  case magnitude
  /// The mean magnitude on a logarithmic scale.
  case logMagnitude
  /// The rank of the mean magnitude among all cells.
  case rank

  /// The next one, round and round.
  var next: HeatmapMode {
    let all = Self.allCases
    let index = all.firstIndex(of: self) ?? 0
    return all[(index + 1) % all.count]
  }

  /// In words for the legend.
  var title: String {
    switch self {
    case .zeros: "sparsity"
    case .magnitude: "mean |w|"
    case .logMagnitude: "mean |w|, log"
    case .rank: "mean |w|, rank"
    }
  }
}
