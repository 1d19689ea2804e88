import ModelCompression
import NetworkGraph
import TerminalCells

/// The selected layer: its setting, its weights before and after, and where its zeros are.
struct InspectorPane {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    guard state.model != nil else {
      _ = context.pane(.inspector, title: "Layer", at: rect, in: &buffer)
      return
    }
    guard let layer = state.selectedLayer, case .layer(let index) = state.selection,
      state.settings.indices.contains(index)
    else {
      GroupSummary(context).draw(rect, in: &buffer)
      return
    }
    let shape = layer.shapeText
    let weights = "\(Figures.grouped(layer.parameters)) weights"
    let inner = context.pane(
      .inspector, title: "\(layer.name)  \(layer.op)",
      trailing: rect.width >= 64 ? "\(shape)  \(weights)" : shape, at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    drawSetting(state.settings[index], inner, in: &buffer)
    guard let picture, inner.height >= 3 else {
      buffer.put("reading the weights ...", in: inner, row: 2, style: context[.textMuted])
      return
    }
    drawFigures(picture.value, index, inner, in: &buffer)
    let (_, plots) = inner.splitTop(inner.height >= 12 ? 3 : 2)
    drawPlots(picture.value, layer, plots, in: &buffer)
  }

  /// The picture, if it is of the selected layer.
  private var picture: Stamped<LayerPicture>? {
    guard let picture = state.picture, picture.value.name == state.selectedLayer?.name else {
      return nil
    }
    return picture
  }

  private var isStale: Bool { picture?.generation != state.generation }

  // The setting.

  private func drawSetting(
    _ setting: LayerSetting, _ inner: Rect, in buffer: inout CellBuffer
  ) {
    var x = inner.x
    func put(_ text: String, _ slot: ThemeSlot, bold: Bool = false) {
      let style = bold ? context[slot].emphasized : context[slot]
      x += buffer.put(text, x: x, y: inner.y, style: style, maxWidth: inner.maxX - x)
    }
    let percent = setting.prunePercent
    put("prune ", .textMuted)
    put(TextWidth.padded(Figures.percent(percent), to: 6, alignment: .trailing), .value, bold: true)
    put(" ", .text)
    let granularity = setting.weights.map { "  \($0.granularity.title)" } ?? ""
    let bits = setting.weights.map { "\($0.bits)" } ?? "float"
    let others = 13 + 7 + TextWidth.cells(of: bits) + TextWidth.cells(of: granularity)
    let bar = min(22, max(0, inner.width - others))
    ProgressBar(fraction: percent / 100).draw(
      in: Rect(x: x, y: inner.y, width: bar, height: 1), of: &buffer, glyphs: context.glyphs,
      style: context[.progress], trackStyle: context[.progressTrack])
    x += bar
    put("  bits ", .textMuted)
    put(bits, .value, bold: true)
    put(granularity, .text)
    if let weights = setting.weights, inner.width >= 60 {
      put("  \(weights.scheme.rawValue)", .text)
    }
    if let prune = setting.prune, prune.criterion != "magnitude" {
      put("  \(prune.criterion)", .text)
    }
  }

  private func drawFigures(
    _ picture: LayerPicture, _ index: Int, _ inner: Rect, in buffer: inout CellBuffer
  ) {
    let slot: ThemeSlot = isStale ? .textDisabled : .value
    let muted = context[.textMuted]
    let number = isStale ? context[slot] : context[slot].emphasized
    let sparsity = Figures.percent((picture.sparsity * 1000).rounded() / 10)
    let ratio =
      picture.storedBytes > 0
      ? Double(picture.originalBytes) / Double(picture.storedBytes) : .infinity
    var pieces = [
      StyledText("sparsity ", muted), StyledText(sparsity, number), StyledText("  ", muted),
      StyledText(Figures.bytes(picture.originalBytes), context[.text]), StyledText(" -> ", muted),
      StyledText(Figures.bytes(picture.storedBytes, unitOf: picture.originalBytes), number),
    ]
    if inner.width >= 48 {
      pieces += [StyledText("  ", muted), StyledText(Figures.ratio(ratio), number)]
    }
    if inner.width >= 60 {
      let sqnr = Figures.decibels(picture.sqnr)
      pieces += [StyledText("  SQNR ", muted), StyledText(sqnr, number)]
    }
    if inner.width >= 76, let macs = state.model?.layers[index].multiplyAdds {
      pieces += [
        StyledText("  MACs ", muted), StyledText(Figures.short(macs), context[.text]),
      ]
    }
    buffer.put(pieces, in: inner, row: 1)
  }

  // The plots.

  private func drawPlots(
    _ picture: LayerPicture, _ layer: CompressibleLayer, _ rect: Rect,
    in buffer: inout CellBuffer
  ) {
    guard rect.height >= 3 else { return }
    // The heatmap takes no more than it can use, the histograms the rest.
    let share = rect.height < 8 ? 0 : rect.height * 11 / 20
    let heat = share > 1 ? HeatmapPart(context).rowsUsed(picture.grid, of: share - 1) + 1 : 0
    let gap = heat > 0 && rect.height >= 14 ? 1 : 0
    let (upper, rest) = rect.splitTop(rect.height - heat - gap)
    HistogramPart(context).draw(picture, isStale: isStale, in: upper, of: &buffer)
    let (_, lower) = rest.splitTop(gap)
    if heat > 1 { HeatmapPart(context).draw(picture.grid, in: lower, of: &buffer) }
  }
}
