import ModelCompression
import TerminalCells

/// The layer tree with parameters, bits, prune amount, sparsity, bytes and their share.
struct LayersPane {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  /// The columns that fit a width, with the cells each takes.
  private struct Columns {
    var parameters = 0
    var bits = 5
    var prune = 7
    var sparsity = 0
    var bytes = 0
    var bar = 5
    var name: Int

    init(width: Int) {
      if width >= 38 { parameters = 7 }
      if width >= 54 { (sparsity, bytes) = (9, 9) }
      if width >= 44 { bar = 9 }
      if width < 26 { bar = 0 }
      name = width - 2 - parameters - bits - prune - sparsity - bytes - bar
    }
  }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    let rows = state.visibleRows
    let total = state.model?.layers.count ?? 0
    let shown = Set(rows.flatMap(\.layers)).count
    var trailing = total == 0 ? "" : shown == total ? "\(total)" : "\(shown) of \(total)"
    if !state.marked.isEmpty { trailing = "\(state.marked.count) marked  \(trailing)" }
    let order = state.sortOrder == .tree ? "" : "  \(state.sortOrder.title)"
    let inner = context.pane(
      .layers, title: "Layers\(order)", trailing: trailing, at: rect, in: &buffer)
    guard !inner.isEmpty else { return }
    guard let model = state.model else {
      drawEmpty(inner, in: &buffer)
      return
    }
    guard !model.layers.isEmpty else {
      put(
        [
          "No Conv, Gemm, MatMul or Gather", "with constant weights in this model:",
          "there is nothing to compress.",
        ], inner, &buffer)
      return
    }
    let columns = Columns(width: inner.width)
    drawHeader(columns, inner, in: &buffer)
    let (_, list) = inner.splitTop(1)
    let first = scrolled(rows, height: list.height)
    let largest = rows.map { storedBytes($0.layers) ?? 0 }.max() ?? 0
    for line in 0..<min(list.height, rows.count - first) {
      draw(
        rows, first + line, columns, largest: largest, at: list.row(line), in: &buffer)
    }
    if rows.isEmpty {
      put(["no layer's name holds '\(state.filter)'"], list, &buffer)
    }
  }

  /// The first row shown: the state's, moved where this screen is smaller than the state knew.
  private func scrolled(_ rows: [LayerRow], height: Int) -> Int {
    guard height > 0 else { return 0 }
    let selected = rows.firstIndex { $0.id == state.selection } ?? 0
    var first = state.scroll
    if selected < first { first = selected }
    if selected >= first + height { first = selected - height + 1 }
    return min(max(0, first), max(0, rows.count - height))
  }

  private func drawEmpty(_ inner: Rect, in buffer: inout CellBuffer) {
    if let error = state.openError {
      let lines = Wrapping.lines(error.description, width: inner.width - 2)
      for (row, line) in lines.prefix(inner.height).enumerated() {
        buffer.put(
          line, in: inner.inset(horizontal: 1, vertical: 0), row: row, style: context[.error])
      }
    } else {
      put(["opening the model ..."], inner, &buffer)
    }
  }

  private func put(_ lines: [String], _ inner: Rect, _ buffer: inout CellBuffer) {
    let room = inner.inset(horizontal: 1, vertical: 0)
    let wrapped = lines.flatMap { Wrapping.lines($0, width: room.width) }
    for (row, line) in wrapped.enumerated() {
      buffer.put(line, in: room, row: row, style: context[.textMuted])
    }
  }

  private func drawHeader(_ columns: Columns, _ inner: Rect, in buffer: inout CellBuffer) {
    let style = context[.textMuted]
    var x = inner.x
    buffer.put("  layer", x: x, y: inner.y, style: style, maxWidth: columns.name + 2)
    x += 2 + columns.name
    func head(_ text: String, _ width: Int, pad: Int = 0) {
      if width > 0 {
        let padded = TextWidth.padded(text, to: width - pad, alignment: .trailing)
        buffer.put(padded, x: x, y: inner.y, style: style, maxWidth: width)
      }
      x += width
    }
    head("params", columns.parameters)
    head("bits", columns.bits)
    // One place is kept for the mark of a changed value.
    head("prune%", columns.prune)
    head("sparsity", columns.sparsity)
    head("stored", columns.bytes)
    if columns.bar >= 7 {
      buffer.put(" share", x: x, y: inner.y, style: style, maxWidth: columns.bar)
    }
  }

  private func draw(
    _ rows: [LayerRow], _ index: Int, _ columns: Columns, largest: Int, at rect: Rect,
    in buffer: inout CellBuffer
  ) {
    let row = rows[index]
    let isSelected = row.id == state.selection
    let hasFocus = state.focus == .layers && !state.overlay.takesFocus
    let base = isSelected ? context[hasFocus ? .selection : .selectionUnfocused] : nil
    func style(_ slot: ThemeSlot) -> Style {
      // The selection's own colours win, so that its text stays readable on its background.
      base ?? context[slot]
    }
    // The bar keeps its own colours: reversed it would show its rest.
    let text = rect.splitRight(columns.bar).rest
    if let base, hasFocus { buffer.fill(text, style: base) }
    let isMarked = !row.layers.isEmpty && state.marked.isSuperset(of: row.layers)
    buffer.put(isSelected ? ">" : " ", x: rect.x, y: rect.y, style: style(.text))
    if isMarked {
      buffer.put("+", x: rect.x + 1, y: rect.y, style: base ?? context[.marked])
    }
    if !isMarked, !row.isGroup, row.layers.contains(where: state.isPinned) {
      buffer.put("=", x: rect.x + 1, y: rect.y, style: base ?? context[.marked])
    }
    let lines = treeLines(rows, index)
    let shift = buffer.put(
      lines, x: rect.x + 2, y: rect.y, style: base ?? context[.border], maxWidth: columns.name)
    let label = TextWidth.truncated(row.label, to: max(0, columns.name - shift - 1))
    let name = style(isMarked ? .marked : .text)
    buffer.put(
      label, x: rect.x + 2 + shift, y: rect.y, style: row.isGroup ? name.emphasized : name,
      maxWidth: max(0, columns.name - shift))
    drawFigures(row, columns, style: style, x: rect.x + 2 + columns.name, rect, in: &buffer)
    if columns.bar > 0, largest > 0, let bytes = storedBytes(row.layers) {
      let bar = Rect(x: rect.maxX - columns.bar + 1, y: rect.y, width: columns.bar - 2, height: 1)
      let slot: ThemeSlot = row.isGroup ? .histogramBefore : .progress
      HorizontalBar(fraction: Double(bytes) / Double(largest)).draw(
        in: bar, of: &buffer, glyphs: context.glyphs, style: context[slot])
    }
  }

  /// The lines of the tree before a name, with the fold mark of a group.
  private func treeLines(_ rows: [LayerRow], _ index: Int) -> String {
    guard state.sortOrder == .tree else { return "" }
    let row = rows[index]
    let glyphs = context.glyphs
    var text = ""
    for depth in stride(from: 1, to: row.depth, by: 1) {
      // The line goes on past this row when the row above it at that depth has a sibling to come.
      let ancestor = rows[..<index].last { $0.depth == depth }
      text +=
        ancestor?.isLast == false ? glyphs.trunk : String(repeating: " ", count: glyphs.trunk.count)
    }
    if row.depth > 0 { text += row.isLast ? glyphs.lastBranch : glyphs.branch }
    if row.isGroup {
      text += "\(row.isFolded ? glyphs.collapsed : glyphs.expanded) "
    } else if row.depth == 0, !state.groupPaths.isEmpty {
      text += "  "
    }
    return text
  }

  private func drawFigures(
    _ row: LayerRow, _ columns: Columns, style: (ThemeSlot) -> Style, x: Int, _ rect: Rect,
    in buffer: inout CellBuffer
  ) {
    guard let model = state.model else { return }
    var x = x
    func figure(_ text: String, _ width: Int, _ slot: ThemeSlot) {
      if width > 0 {
        buffer.put(
          TextWidth.padded(text, to: width, alignment: .trailing), x: x, y: rect.y,
          style: style(slot), maxWidth: width)
      }
      x += width
    }
    let weights = row.layers.map { Double(model.layers[$0].layer.parameters) }
    let total = weights.reduce(0, +)
    figure(Figures.short(Int(total)), columns.parameters, .textMuted)
    let settings = row.layers.map {
      state.settings.indices.contains($0) ? state.settings[$0] : LayerSetting()
    }
    let saved = row.layers.map {
      state.savedSettings.indices.contains($0) ? state.savedSettings[$0] : LayerSetting()
    }
    let bitsChanged = zip(settings, saved).contains { $0.weights != $1.weights }
    let isFloat = settings.allSatisfy { $0.weights == nil }
    // The mark stands right of the number, in the gap before the next column.
    figure(bitsText(settings, weights, total), columns.bits, isFloat ? .textMuted : .value)
    if bitsChanged { buffer.put("*", x: x, y: rect.y, style: style(.valueChanged)) }
    let pruneChanged = zip(settings, saved).contains { $0.prune != $1.prune }
    let amounts = zip(settings, weights).map { $0.prunePercent * $1 }
    let mean = total > 0 ? amounts.reduce(0, +) / total : 0
    figure(
      Figures.fixed(mean, 0), columns.prune, mean == 0 ? .textMuted : .value)
    if pruneChanged { buffer.put("*", x: x, y: rect.y, style: style(.valueChanged)) }
    let zeros = row.layers.compactMap { index in
      state.size(ofLayer: index)?.sparsity.map {
        $0 * Double(model.layers[index].layer.parameters)
      }
    }
    // Shown when every layer's zeros are counted.
    let sparsity =
      total > 0 && zeros.count == row.layers.count ? zeros.reduce(0, +) / total * 100 : nil
    figure(
      sparsity.map { Figures.fixed($0, 1) } ?? "-", columns.sparsity,
      (sparsity ?? 0) == 0 ? .textMuted : .value)
    figure(storedBytes(row.layers).map { Figures.short($0) } ?? "-", columns.bytes, .value)
  }

  private func bitsText(
    _ settings: [LayerSetting], _ weights: [Double], _ total: Double
  ) -> String {
    let widths = Set(settings.map(\.weights?.bits))
    if widths.count == 1 { return settings.first?.bitsText ?? "-" }
    guard total > 0 else { return "-" }
    let sum = zip(settings, weights).map { Double($0.weights?.bits ?? 32) * $1 }.reduce(0, +)
    return Figures.fixed(sum / total, 1)
  }

  private func storedBytes(_ layers: [Int]) -> Int? {
    let sizes = layers.compactMap { state.size(ofLayer: $0)?.storedBytes }
    return sizes.count == layers.count && !sizes.isEmpty ? sizes.reduce(0, +) : nil
  }
}
