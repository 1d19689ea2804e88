import TerminalCells

/// What lies over the panes and takes the keys.
public enum Overlay: Sendable {
  /// Nothing: keys go to the focused pane.
  case none
  /// The keys of this context, filtered by what is typed.
  case help(HelpState)
  /// Every action by name.
  case palette(PaletteState)
  /// The export form.
  case export(ExportForm)
  /// The themes, previewed while moving; holds the choice and the theme to go back to.
  case themes(ThemeMenuState)
  /// The filter of the layer pane being typed; holds the filter to go back to.
  case filter(TextField, previous: String)
  /// The path of the plan being typed; quits afterwards when told to.
  case savePath(TextField, quitsAfter: Bool)
  /// The form of a search, or how far the search has come while one runs.
  case search(SearchForm)
  /// The form of a training run, or how far it has come while one is going on.
  case finetune(FinetuneForm)
  /// The settings of the targets, over the inspector.
  case settings(SettingsForm)
  /// Every way to store the model, with its bytes.
  case sizes(SizesState)
  /// A question about losing work.
  case confirm(Confirmation)

  /// Whether keys go to the panes.
  public var isNone: Bool { if case .none = self { true } else { false } }
}
