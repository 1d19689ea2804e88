import Evaluation
import ModelCompression
import TerminalCells

/// Every way to store the model under the plan with its exact bytes, and what runs faster where.
struct SizesPanel {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ panel: SizesState, in buffer: inout CellBuffer, room: Rect) {
    let rect = room.centered(
      width: min(room.width, max(60, min(110, room.width - 4))),
      height: min(room.height, lines(width: 100).count + 2))
    let inner = context.window(
      title: "Sizes under the plan", trailing: "Esc closes", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    let lines = self.lines(width: inner.width)
    let first = min(panel.scroll, max(0, lines.count - inner.height))
    for (row, line) in lines.dropFirst(first).prefix(inner.height).enumerated() {
      var x = inner.x
      for piece in line {
        x += buffer.put(
          piece.text, x: x, y: inner.y + row, style: piece.style, maxWidth: inner.maxX - x)
      }
    }
    guard first > 0 || first + inner.height < lines.count else { return }
    var window = ListWindow(count: lines.count, height: inner.height, margin: 0)
    window.scroll(by: first)
    window.drawScrollBar(
      in: inner.splitRight(1).right, of: &buffer, glyphs: context.glyphs,
      style: context[.progressTrack], thumbStyle: context[.progress])
  }

  private func lines(width: Int) -> [[StyledText]] {
    guard let stamped = state.storage else {
      return [[StyledText("looking at every weight ...", context[.textMuted])]]
    }
    let figures = stamped.value
    let isStale = stamped.generation != state.generation
    let number = isStale ? context[.textDisabled] : context[.value]
    var lines: [[StyledText]] = []
    func heading(_ text: String) { lines.append([StyledText(text, context[.title])]) }
    func rows(_ group: StorageRow.Group, of original: Int) {
      for row in figures.rows where row.group == group {
        let share = Figures.fixed(Double(row.bytes) / Double(max(original, 1)) * 100, 1)
        lines.append([
          StyledText("  " + TextWidth.padded(row.name, to: 16), context[.text]),
          StyledText(
            TextWidth.padded(Figures.grouped(row.bytes), to: 14, alignment: .trailing), number),
          StyledText(TextWidth.padded("\(share) %", to: 9, alignment: .trailing), number),
          StyledText("  \(row.remark)", context[.textMuted]),
        ])
      }
    }
    heading("Weights of the layers, bytes and share of 32-bit floats")
    rows(.weights, of: figures.weights * 4)
    heading("Files, bytes and share of the model's")
    rows(.file, of: state.model?.fileBytes ?? 1)
    heading("A weight takes, a sample costs")
    func figure(_ text: String) { lines.append([StyledText("  " + text, number)]) }
    let bits = [figures.codeBits, figures.packedBits, figures.storedBits].map {
      Figures.fixed($0, 2)
    }
    figure("\(bits[0]) bits as code, \(bits[1]) with scales, \(bits[2]) in the best of each")
    if let multiplyAdds = figures.multiplyAdds, let operations = figures.bitOperations {
      figure(
        "\(Figures.short(multiplyAdds)) multiply-adds, \(Figures.short(operations)) bit operations")
    }
    heading("What runs faster where")
    for line in gains {
      for part in Wrapping.lines(line, width: max(20, width - 3)) {
        lines.append([StyledText("  " + part, context[.text])])
      }
    }
    return lines
  }

  private var gains: [String] {
    guard let model = state.model else { return [] }
    let layers = model.layers.map(\.layer)
    // Each kind of edit by itself: a line has room for all runtimes then.
    let parts = [
      state.settings.map { LayerSetting(prune: $0.prune) },
      state.settings.map { LayerSetting(weights: $0.weights) },
      state.settings.map { LayerSetting(activations: $0.activations) },
    ]
    let lines = parts.flatMap { RuntimeGains.lines(for: $0, layers: layers).prefix(2) }
    return lines.isEmpty ? ["unchanged: as fast as the original"] : lines
  }
}
