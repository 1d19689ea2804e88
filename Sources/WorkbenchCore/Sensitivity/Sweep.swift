import ModelCompression

/// One direction in which a sensitivity scan varies the setting of a layer.
public enum Sweep: String, Sendable, Hashable, CaseIterable {
  /// Prune amounts, the mildest first.
  case prune
  /// Bit widths, the widest first.
  case bits

  /// The other one.
  var other: Sweep { self == .prune ? .bits : .prune }

  /// What the columns are, for titles.
  var title: String { self == .prune ? "prune %" : "bits" }

  /// Whether a setting belongs to the sweep: one that changes nothing else.
  func contains(_ setting: LayerSetting) -> Bool {
    switch self {
    case .prune: setting.prune != nil && setting.weights == nil
    case .bits: setting.weights != nil && setting.prune == nil
    }
  }

  /// The places of the sweep's settings in a list, from mild to harsh.
  func columns(of settings: [LayerSetting]) -> [Int] {
    settings.indices.filter { contains(settings[$0]) }.sorted {
      harshness(settings[$0]) < harshness(settings[$1])
    }
  }

  private func harshness(_ setting: LayerSetting) -> Double {
    switch self {
    case .prune: setting.prune?.amount ?? 0
    case .bits: -Double(setting.weights?.bits ?? 32)
    }
  }

  /// A column's heading: `50`, `4`.
  func heading(_ setting: LayerSetting) -> String {
    switch self {
    case .prune: Figures.plainPercent(setting.prunePercent)
    case .bits: setting.bitsText
    }
  }

  /// A setting in words: `prune 50 %`, `bits 4`.
  func words(_ setting: LayerSetting) -> String {
    switch self {
    case .prune: "prune \(Figures.percent(setting.prunePercent))"
    case .bits: "bits \(setting.bitsText)"
    }
  }

  /// `setting` with what this sweep varies taken from `cell`; everything else stays.
  func applied(_ cell: LayerSetting, to setting: LayerSetting) -> LayerSetting {
    var result = setting
    switch self {
    case .prune:
      result = result.pruned(toPercent: cell.prunePercent)
    case .bits:
      result = result.quantized(toBits: cell.weights?.bits)
    }
    return result
  }
}
