/// One line of the settings sheet: something of the targets' setting, or of the whole plan, that can be
/// changed with left and right.
struct SettingField: Sendable, Identifiable {
  /// What the field belongs to.
  enum Section: String, Sendable, Hashable, CaseIterable {
    /// Which weights become zero.
    case prune = "Prune"
    /// How weights are stored.
    case weights = "Weights"
    /// How what flows into a layer is stored.
    case activations = "Activations"
    /// What concerns the whole network.
    case plan = "Whole network"
  }

  /// The name: unique; edits of one field merge in the history.
  let id: String
  /// The heading it stands under.
  let section: Section
  /// The name on the screen.
  let title: String
  /// The value as the screen shows it; nil hides the field.
  let text: @Sendable (WorkbenchState) -> String?
  /// What the value means, in one or two lines.
  let note: @Sendable (WorkbenchState) -> String
  /// Moves the value by so many steps.
  let step: @Sendable (inout WorkbenchState, Int) -> [Effect]

  init(
    _ id: String, _ section: Section, _ title: String,
    text: @escaping @Sendable (WorkbenchState) -> String?,
    note: @escaping @Sendable (WorkbenchState) -> String,
    step: @escaping @Sendable (inout WorkbenchState, Int) -> [Effect]
  ) {
    self.id = id
    self.section = section
    self.title = title
    self.text = text
    self.note = note
    self.step = step
  }

  /// Every field, in the order of the sheet.
  static let all: [SettingField] = pruneFields + weightFields + activationFields + planFields
}
