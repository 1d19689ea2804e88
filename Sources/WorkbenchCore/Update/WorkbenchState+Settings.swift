import ModelCompression
import TerminalCells

extension WorkbenchState {
  /// The setting of the first target.
  var firstTarget: LayerSetting? { targets.first.map { settings[$0] } }
  /// The pruning of the first target that has one.
  var firstPruning: PruneSetting? { targets.lazy.compactMap { settings[$0].prune }.first }
  /// The quantization of the first target that has one.
  var firstQuantization: WeightQuantization? {
    targets.lazy.compactMap { settings[$0].weights }.first
  }

  /// The fields of the settings sheet that mean something for the targets.
  var settingFields: [SettingField] { SettingField.all.filter { $0.text(self) != nil } }

  /// Opens the settings sheet at a field.
  mutating func openSettings(at field: String = "prune-amount") -> [Effect] {
    overlay = .settings(SettingsForm(field: field))
    return []
  }

  /// Moves the targets to the next criterion.
  mutating func cycleCriterion(_ steps: Int) -> [Effect] {
    SettingField.pruneFields.first { $0.id == "criterion" }?.step(&self, steps) ?? []
  }

  /// Gives a key to the settings sheet.
  mutating func press(_ key: KeyPress, in form: SettingsForm) -> [Effect] {
    let fields = settingFields
    let index = fields.firstIndex { $0.id == form.field } ?? 0
    func moved(_ step: Int) -> Overlay {
      let next = (index + step + fields.count) % max(1, fields.count)
      return .settings(SettingsForm(field: fields[next].id))
    }
    guard !fields.isEmpty else {
      overlay = .none
      return []
    }
    switch key.name {
    case "Esc", "q", "i": overlay = .none
    case "j", "Down", "Tab", "C-n": overlay = moved(1)
    case "k", "Up", "S-Tab", "C-p": overlay = moved(-1)
    case "g", "Home": overlay = .settings(SettingsForm(field: fields[0].id))
    case "G", "End": overlay = .settings(SettingsForm(field: fields[fields.count - 1].id))
    case "l", "Right", "Space", "Enter": return fields[index].step(&self, 1)
    case "h", "Left": return fields[index].step(&self, -1)
    case "L", "S-Right": return fields[index].step(&self, 5)
    case "H", "S-Left": return fields[index].step(&self, -5)
    case "u": return history.undoDepth > 0 ? undo(1) : []
    case "C-r", "U": return history.redoDepth > 0 ? redo(1) : []
    default: break
    }
    return []
  }
}
