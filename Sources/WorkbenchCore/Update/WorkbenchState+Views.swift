extension WorkbenchState {
  /// Goes back to the main view; the selected layer is then the one looked at last.
  mutating func leaveView() -> [Effect] {
    view = .workbench
    reveal(sensitivity.layer)
    return loadSelection()
  }

  /// Selects a layer and opens the groups that hide it.
  mutating func reveal(_ layer: Int) {
    guard let model, model.layers.indices.contains(layer) else { return }
    let path = model.layers[layer].layer.name
    folded = folded.filter { !path.hasPrefix($0 + ".") }
    selection = .layer(layer)
    sensitivity.layer = layer
    keepSelectionVisible()
  }

  /// Scrolls the tables of the other views so that their selections show.
  mutating func keepViewsInSight() {
    switch view {
    case .workbench: break
    case .sensitivity: keepSensitivityInSight()
    case .board: keepBoardInSight()
    }
  }

  /// The first row of a list that shows its row `selected`, moved as little as possible.
  static func scrolled(_ scroll: Int, selected: Int, count: Int, height: Int) -> Int {
    var scroll = scroll
    if selected < scroll { scroll = selected }
    if selected >= scroll + height { scroll = selected - height + 1 }
    return min(max(0, scroll), max(0, count - height))
  }
}
