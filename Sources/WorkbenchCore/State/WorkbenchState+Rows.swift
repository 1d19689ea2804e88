import ModelCompression
import NetworkGraph
import TerminalCells

extension WorkbenchState {
  /// The rows of the layer pane under folding, filter and order, from top to bottom.
  public var visibleRows: [LayerRow] {
    guard let model else { return [] }
    let shown = shownLayers
    guard sortOrder == .tree else {
      return sorted(shown.sorted()).map { index in
        LayerRow(
          id: .layer(index), depth: 0, label: model.layers[index].layer.name, layers: [index],
          isFolded: false, isLast: false)
      }
    }
    var rows: [LayerRow] = []
    var hiddenBelow = Int.max
    for row in tree.rows {
      if row.depth > hiddenBelow { continue }
      hiddenBelow = Int.max
      let layers = row.layers.filter { shown.contains($0) }
      guard !layers.isEmpty else { continue }
      let id: RowID = row.layer.map { .layer($0) } ?? .group(row.path)
      let isFolded = row.isGroup && filter.isEmpty && folded.contains(row.path)
      if isFolded { hiddenBelow = row.depth }
      rows.append(
        LayerRow(
          id: id, depth: row.depth, label: row.label, layers: layers, isFolded: isFolded,
          isLast: false))
    }
    return Self.markingLast(rows)
  }

  /// The layers that the filter lets through.
  var shownLayers: Set<Int> {
    guard let model else { return [] }
    guard !filter.isEmpty else { return Set(model.layers.indices) }
    let wanted = filter.lowercased()
    return Set(
      model.layers.indices.filter { model.layers[$0].layer.name.lowercased().contains(wanted) })
  }

  /// The paths of all groups.
  var groupPaths: [String] { tree.rows.filter(\.isGroup).map(\.path) }

  /// The selected row; nil when nothing is shown.
  var selectedRow: LayerRow? { visibleRows.first { $0.id == selection } }

  /// The selected layer; nil when a group or nothing is selected.
  public var selectedLayer: CompressibleLayer? {
    guard let model, case .layer(let index) = selection, model.layers.indices.contains(index)
    else { return nil }
    return model.layers[index].layer
  }

  /// The layers that an edit applies to: the marked ones, else those of the selected row; of several,
  /// without pinned ones unless all are.
  public var targets: [Int] {
    let layers = marked.isEmpty ? selectedRow?.layers ?? [] : marked.sorted()
    guard layers.count > 1, !plan.pinned.isEmpty else { return layers }
    let free = layers.filter { !isPinned($0) }
    return free.isEmpty ? layers : free
  }

  /// Whether searches, and edits of several layers, leave a layer alone.
  func isPinned(_ layer: Int) -> Bool {
    guard let model, model.layers.indices.contains(layer) else { return false }
    return plan.pinned.contains(model.layers[layer].layer.name)
  }

  /// The targets in words for messages and undo.
  var targetTitle: String {
    guard let model else { return "" }
    let targets = targets
    if targets.count == 1, model.layers.indices.contains(targets[0]) {
      return model.layers[targets[0]].layer.name
    }
    if marked.isEmpty, case .group(let path) = selection {
      return "\(path) (\(targets.count) layers)"
    }
    return "\(targets.count) layers"
  }

  /// The heatmap that is shown: the chosen one, else zeros where the layer is pruned.
  var shownHeatmapMode: HeatmapMode {
    if let heatmapMode { return heatmapMode }
    guard case .layer(let index) = selection, settings.indices.contains(index) else {
      return .zeros
    }
    return (settings[index].prune?.amount ?? 0) > 0 ? .zeros : .magnitude
  }

  /// Sizes per layer that belong to the open model; nil until they have come.
  func size(ofLayer index: Int) -> LayerSize? {
    layerSizes.indices.contains(index) ? layerSizes[index] : nil
  }

  private func sorted(_ layers: [Int]) -> [Int] {
    guard let model else { return [] }
    let key: (Int) -> Double =
      switch sortOrder {
      case .tree: { -Double($0) }
      case .bytes: { Double(self.size(ofLayer: $0)?.storedBytes ?? 0) }
      case .sparsity: { self.size(ofLayer: $0)?.sparsity ?? 0 }
      case .parameters: { Double(model.layers[$0].layer.parameters) }
      }
    let keys = layers.map { (layer: $0, key: key($0)) }
    return keys.sorted { ($0.key, $1.layer) > ($1.key, $0.layer) }.map(\.layer)
  }

  /// Finds the rows that no sibling follows, so that tree lines can end at them.
  private static func markingLast(_ rows: [LayerRow]) -> [LayerRow] {
    var rows = rows
    var followed: Set<Int> = []
    for index in rows.indices.reversed() {
      let depth = rows[index].depth
      rows[index].isLast = !followed.contains(depth)
      followed = followed.filter { $0 <= depth }
      followed.insert(depth)
    }
    return rows
  }
}
