import TerminalCells

/// The inspector of a group of layers: totals, and each layer's share of the stored bytes.
struct GroupSummary {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    guard let model = state.model, let row = state.selectedRow else {
      _ = context.pane(.inspector, title: "Layer", at: rect, in: &buffer)
      return
    }
    let layers = row.layers.map { model.layers[$0].layer }
    let weights = layers.reduce(0) { $0 + $1.parameters }
    var name = row.label
    if case .group(let path) = row.id { name = path }
    let inner = context.pane(
      .inspector, title: "\(name)  group of \(layers.count) layers",
      trailing: rect.width >= 64 ? "\(Figures.grouped(weights)) weights" : "", at: rect,
      in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    drawTotals(row, weights, inner, in: &buffer)
    let (_, list) = inner.splitTop(3)
    guard list.height >= 2 else { return }
    let nameWidth = min(
      max(10, inner.width / 3), (layers.map { TextWidth.cells(of: $0.name) }.max() ?? 10) + 1)
    drawHeader(nameWidth, list.row(0), in: &buffer)
    let rows = list.splitTop(1).rest
    let largest = row.layers.compactMap { state.size(ofLayer: $0)?.storedBytes }.max() ?? 0
    let tooMany = row.layers.count > rows.height
    for (line, index) in row.layers.prefix(rows.height - (tooMany ? 1 : 0)).enumerated() {
      draw(index, nameWidth, largest: largest, at: rows.row(line), in: &buffer)
    }
    if tooMany {
      buffer.put(
        "and \(row.layers.count - rows.height + 1) more", in: rows, row: rows.height - 1,
        style: context[.textMuted])
    }
  }

  private func drawTotals(
    _ row: LayerRow, _ weights: Int, _ inner: Rect, in buffer: inout CellBuffer
  ) {
    let muted = context[.textMuted]
    let bold = context[.value].emphasized
    let sizes = row.layers.compactMap { state.size(ofLayer: $0) }
    var pieces = [StyledText("edits apply to all \(row.layers.count) layers", context[.text])]
    buffer.put(pieces, in: inner, row: 0)
    guard sizes.count == row.layers.count, let model = state.model else { return }
    let stored = sizes.reduce(0) { $0 + $1.storedBytes }
    let original = weights * 4
    let zeros = zip(row.layers, sizes).reduce(0.0) {
      $0 + ($1.1.sparsity ?? 0) * Double(model.layers[$1.0].layer.parameters)
    }
    let sparsity = weights > 0 ? zeros / Double(weights) : 0
    let isCounted = sizes.allSatisfy { $0.sparsity != nil }
    pieces = [
      StyledText("sparsity ", muted),
      StyledText(isCounted ? Figures.percent((sparsity * 1000).rounded() / 10) : "...", bold),
      StyledText("  ", muted),
      StyledText(Figures.bytes(original), context[.text]), StyledText(" -> ", muted),
      StyledText(Figures.bytes(stored, unitOf: original), bold),
    ]
    if stored > 0 {
      pieces.append(StyledText("  \(Figures.ratio(Double(original) / Double(stored)))", bold))
    }
    buffer.put(pieces, in: inner, row: 1)
  }

  private func drawHeader(_ nameWidth: Int, _ rect: Rect, in buffer: inout CellBuffer) {
    buffer.put("layer", in: rect, style: context[.textMuted])
    buffer.put(
      " bits  prune%   stored", x: rect.x + nameWidth, y: rect.y, style: context[.textMuted],
      maxWidth: rect.width - nameWidth)
  }

  private func draw(
    _ index: Int, _ nameWidth: Int, largest: Int, at rect: Rect, in buffer: inout CellBuffer
  ) {
    guard let model = state.model, state.settings.indices.contains(index) else { return }
    let setting = state.settings[index]
    let bytes = state.size(ofLayer: index)?.storedBytes
    buffer.put(
      TextWidth.truncated(model.layers[index].layer.name, to: nameWidth - 1), in: rect,
      style: context[.text])
    let figures =
      TextWidth.padded(setting.bitsText, to: 5, alignment: .trailing)
      + TextWidth.padded(Figures.fixed(setting.prunePercent, 0), to: 8, alignment: .trailing)
      + TextWidth.padded(bytes.map { Figures.short($0) } ?? "-", to: 9, alignment: .trailing)
    buffer.put(
      figures, x: rect.x + nameWidth, y: rect.y, style: context[.value],
      maxWidth: rect.width - nameWidth)
    let start = nameWidth + 24
    guard let bytes, largest > 0, rect.width > start + 4 else { return }
    HorizontalBar(fraction: Double(bytes) / Double(largest)).draw(
      in: Rect(x: rect.x + start, y: rect.y, width: min(60, rect.width - start), height: 1),
      of: &buffer, glyphs: context.glyphs, style: context[.progress])
  }
}
