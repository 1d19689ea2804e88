import TerminalCells

extension WorkbenchState {
  /// The layout of the screen as it is.
  var layout: WorkbenchLayout {
    WorkbenchLayout(columns: columns, rows: rows, zoom: zoom, focus: focus)
  }

  /// Rows of layers that fit in the layer pane.
  var listHeight: Int { max(1, (layout.panes[.layers]?.height ?? rows) - 3) }
  /// Half of them.
  var halfPage: Int {
    switch view {
    case .workbench: max(1, listHeight / 2)
    case .sensitivity: max(1, sensitivityHeight / 2)
    case .board: max(1, boardHeight / 2)
    }
  }

  /// Moves the selection of the view, or the message list when it has the focus.
  mutating func moveDown(_ steps: Int) -> [Effect] {
    switch view {
    case .workbench: break
    case .sensitivity: return moveLayer(steps)
    case .board: return moveOnBoard(steps)
    }
    if focus == .messages {
      messageScroll = min(max(0, messageScroll - steps), max(0, notes.count - 1))
      return []
    }
    let rows = visibleRows
    guard !rows.isEmpty else { return [] }
    let index = rows.firstIndex { $0.id == selection } ?? 0
    return select(rows[min(max(0, index + steps), rows.count - 1)].id)
  }

  /// Moves to another layer row, skipping groups, round and round.
  mutating func moveToLayer(_ steps: Int) -> [Effect] {
    let rows = visibleRows.filter { !$0.isGroup }
    guard !rows.isEmpty else { return [] }
    let all = visibleRows
    let here = all.firstIndex { $0.id == selection } ?? 0
    var index: Int
    if let exact = rows.firstIndex(where: { $0.id == selection }) {
      index = exact + steps
    } else {
      // From a group, the first layer behind it or the last before it.
      let behind = rows.firstIndex { row in (all.firstIndex { $0.id == row.id } ?? 0) > here }
      index = (behind ?? 0) + (steps > 0 ? steps - 1 : steps)
    }
    index = ((index % rows.count) + rows.count) % rows.count
    return select(rows[index].id)
  }

  /// Selects a row and asks for its picture.
  mutating func select(_ id: RowID) -> [Effect] {
    guard id != selection else { return [] }
    selection = id
    if case .layer(let index) = id { sensitivity.layer = index }
    return loadSelection()
  }

  /// Selects the layer whose name is, begins with, or holds `text`.
  mutating func select(named text: String) -> [Effect] {
    let names = model?.layers.map(\.layer.name) ?? []
    let wanted = text.lowercased()
    guard !wanted.isEmpty else {
      say("layer: give a name, as in :layer \(names.first ?? "conv1")", .warning)
      return []
    }
    let index =
      names.firstIndex { $0.lowercased() == wanted }
      ?? names.firstIndex { $0.lowercased().hasPrefix(wanted) }
      ?? names.firstIndex { $0.lowercased().contains(wanted) }
    guard let index else {
      say("no layer is called '\(text)'", .warning)
      return []
    }
    if !shownLayers.contains(index) { filter = "" }
    let path = names[index]
    folded = folded.filter { !path.hasPrefix($0 + ".") }
    return select(.layer(index))
  }

  /// The effect that makes the picture of the selected layer; none for groups.
  func loadSelection() -> [Effect] {
    guard let layer = selectedLayer else { return [] }
    return [.loadLayer(name: layer.name, plan: plan, generation: generation)]
  }

  /// After rows were hidden: selects the nearest row that still shows.
  mutating func keepSelectionVisible() {
    let rows = visibleRows
    guard !rows.contains(where: { $0.id == selection }) else { return }
    let wanted: Set<Int> =
      switch selection {
      case .layer(let index): [index]
      case .group(let path): Set(tree.rows.first { $0.isGroup && $0.path == path }?.layers ?? [])
      }
    let nearest =
      rows.last { !wanted.isDisjoint(with: $0.layers) && $0.isGroup }
      ?? rows.first { !wanted.isDisjoint(with: $0.layers) } ?? rows.first { !$0.isGroup }
      ?? rows.first
    if let nearest { selection = nearest.id }
  }

  /// Scrolls the layer pane so that the selection shows.
  mutating func keepSelectionInSight() {
    let rows = visibleRows
    let height = listHeight
    let index = rows.firstIndex { $0.id == selection } ?? 0
    if index < scroll { scroll = index }
    if index >= scroll + height { scroll = index - height + 1 }
    scroll = min(max(0, scroll), max(0, rows.count - height))
  }

  /// Shows only layers whose name holds `text`.
  mutating func setFilter(_ text: String) -> [Effect] {
    filter = text
    let before = selection
    keepSelectionVisible()
    return selection == before ? [] : loadSelection()
  }

  /// Folds or unfolds the selected group.
  mutating func toggleFold() -> [Effect] {
    guard case .group(let path) = selection else { return [] }
    if folded.remove(path) == nil { folded.insert(path) }
    return []
  }

  /// Folds all groups; unfolds them when any is folded.
  mutating func toggleAllFolds() -> [Effect] {
    let before = selection
    folded = folded.isEmpty ? Set(groupPaths) : []
    keepSelectionVisible()
    return selection == before ? [] : loadSelection()
  }

  /// Moves the focus by `steps` panes, round and round.
  mutating func movePane(_ steps: Int) -> [Effect] {
    let order = layout.order
    guard !order.isEmpty else { return [] }
    let index = order.firstIndex(of: focus) ?? 0
    focus = order[((index + steps) % order.count + order.count) % order.count]
    return []
  }

  /// Shows the message list in place of what is there, or goes back.
  mutating func toggleMessages() -> [Effect] {
    view = .workbench
    if focus == .messages {
      focus = .layers
      zoom = .normal
    } else {
      focus = .messages
      messageScroll = 0
      // Where the list has no pane of its own it takes the whole screen.
      if layout.panes[.messages] == nil { zoom = .full }
    }
    return []
  }

  /// Marks or unmarks what is selected.
  mutating func toggleMark() -> [Effect] {
    guard let layers = selectedRow?.layers else { return [] }
    if marked.isSuperset(of: layers) {
      marked.subtract(layers)
    } else {
      marked.formUnion(layers)
    }
    return []
  }

  /// Pins the marked layers, or those of the selected row; unpins them when all are pinned.
  mutating func togglePin() -> [Effect] {
    guard let model else { return [] }
    let layers = marked.isEmpty ? selectedRow?.layers ?? [] : marked.sorted()
    let names = layers.map { model.layers[$0].layer.name }
    let isUnpinning = Set(names).isSubset(of: plan.pinned)
    let title = names.count == 1 ? names[0] : "\(names.count) layers"
    let effects = editPlan("\(isUnpinning ? "unpinned" : "pinned"): \(title)") { plan in
      plan.pinned.removeAll { names.contains($0) }
      if !isUnpinning { plan.pinned += names }
    }
    say(
      isUnpinning
        ? "unpinned: \(title)"
        : "pinned: \(title); searches and edits of several layers leave it alone")
    return effects
  }

  /// Marks every layer of the selected one's operator and kernel; unmarks them when all are.
  mutating func markAllLike() -> [Effect] {
    guard let model, let layer = selectedLayer else { return [] }
    let like = model.layers.indices.filter {
      model.layers[$0].layer.op == layer.op && model.layers[$0].layer.kernel == layer.kernel
    }
    let kind = layer.kernel.isEmpty ? layer.op : "\(layer.op) \(layer.kernelText)"
    if marked.isSuperset(of: like) {
      marked.subtract(like)
      say("unmarked \(like.count) layers: \(kind)")
    } else {
      marked.formUnion(like)
      say("marked \(like.count) layers: \(kind)")
    }
    return []
  }
}
