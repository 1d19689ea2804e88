import ModelCompression

/// What an edit is called in the history, told from the settings after it.
struct EditLabel: Sendable {
  /// The words for the settings of the targets after the edit.
  let text: @Sendable ([LayerSetting]) -> String

  /// The same words whatever the settings are.
  static func fixed(_ text: String) -> EditLabel { EditLabel { _ in text } }

  /// The amount, or the direction when the targets' amounts differ.
  static func prune(by percent: Double) -> EditLabel {
    EditLabel { after in
      let amounts = Set(after.map(\.prunePercent))
      if amounts.count == 1, let amount = amounts.first {
        return "prune \(Figures.percent(amount))"
      }
      return "prune \(percent < 0 ? "less" : "more")"
    }
  }

  /// The bit width, when the targets' widths are one.
  static let bits = EditLabel { after in
    let widths = Set(after.map(\.bitsText))
    return widths.count == 1 ? "bits \(widths.first ?? "")" : "bits changed"
  }
}
