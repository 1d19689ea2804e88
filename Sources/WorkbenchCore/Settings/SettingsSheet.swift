import ModelCompression
import TerminalCells

/// The settings of the selected layer or the marked layers, over the inspector: every change shows in
/// the panes beside and below at once.
struct SettingsSheet {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }
  private static let label = 18

  init(_ context: ScreenContext) { self.context = context }

  /// A line of the sheet.
  private enum Line {
    case heading(String)
    case field(SettingField, String)
  }

  func draw(_ form: SettingsForm, in buffer: inout CellBuffer, room: Rect) {
    let rect =
      parts?.sheet ?? room.centered(width: min(room.width, 64), height: min(room.height, 24))
    let inner = context.window(
      title: "Settings: \(state.targetTitle)", trailing: "Esc closes", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard inner.height >= 3 else { return }
    let lines = self.lines
    // Where not all of it fits, what one should know comes before what one gains.
    let all = footLines(width: inner.width)
    let gains =
      inner.height >= lines.count + 2
      ? all : Array(all.filter { $0.slot == .warning }.prefix(inner.height >= 12 ? 2 : 0))
    let (list, foot) = inner.splitBottom(2 + gains.count)
    let cursor =
      lines.firstIndex {
        if case .field(let field, _) = $0 { field.id == form.field } else { false }
      } ?? 0
    let first = max(0, min(cursor - list.height / 2, lines.count - list.height))
    for (row, line) in lines.dropFirst(first).prefix(list.height).enumerated() {
      switch line {
      case .heading(let title):
        buffer.put(title, in: list, row: row, style: context[.title])
      case .field(let field, let text):
        draw(field, text, isHere: field.id == form.field, list, row: row, in: &buffer)
      }
    }
    let note = SettingField.all.first { $0.id == form.field }?.note(state) ?? ""
    for (row, line) in Wrapping.lines(note, width: foot.width).prefix(2).enumerated() {
      buffer.put(line, in: foot, row: row, style: context[.textMuted])
    }
    for (row, line) in gains.enumerated() where row + 2 < foot.height {
      buffer.put(line.text, in: foot, row: row + 2, style: context[line.slot])
    }
  }

  /// Where the sheet lies in the inspector's place, and what is left of it for the plots when that is
  /// enough; nil where the inspector is not shown.
  var parts: (sheet: Rect, plots: Rect?)? {
    guard let rect = context.layout.panes[.inspector], rect.width >= 40 else { return nil }
    // Border, note, and what runs faster.
    let height = lines.count + 4 + footLines(width: rect.width - 4).count
    guard rect.height - height >= 10 else { return (rect, nil) }
    let (sheet, plots) = rect.splitTop(height)
    return (sheet, plots)
  }

  /// What runs faster, and what calibration rests on.
  private func footLines(width: Int) -> [(text: String, slot: ThemeSlot)] {
    let gains = gainLines(width: width).map { (text: $0, slot: ThemeSlot.value) }
    guard let notice = state.data?.calibrationNotice,
      state.targets.contains(where: { state.settings[$0].isCalibrated })
    else { return gains }
    return gains + Wrapping.lines(notice, width: width).map { ($0, .warning) }
  }

  /// What the layer's setting does to the time of runtimes.
  private func gainLines(width: Int) -> [String] {
    guard let index = state.targets.first, let model = state.model else { return [] }
    let setting = state.settings[index]
    let parts = [
      LayerSetting(prune: setting.prune), LayerSetting(weights: setting.weights),
      LayerSetting(activations: setting.activations),
    ].filter { $0 != LayerSetting() }
    return (parts.isEmpty ? [setting] : parts).flatMap { part in
      Wrapping.lines(
        RuntimeGains.line(for: part, layer: model.layers[index].layer), width: width)
    }
  }

  private var lines: [Line] {
    var result: [Line] = []
    for section in SettingField.Section.allCases {
      let fields = state.settingFields.filter { $0.section == section }
      guard !fields.isEmpty else { continue }
      result.append(.heading(section.rawValue))
      for field in fields { result.append(.field(field, field.text(state) ?? "")) }
    }
    return result
  }

  private func draw(
    _ field: SettingField, _ text: String, isHere: Bool, _ list: Rect, row: Int,
    in buffer: inout CellBuffer
  ) {
    let y = list.y + row
    if isHere { buffer.put(">", x: list.x, y: y, style: context[.borderFocused]) }
    buffer.put(
      field.title, x: list.x + 2, y: y, style: context[isHere ? .text : .textMuted],
      maxWidth: Self.label - 3)
    let value = isHere ? "< \(text) >" : "  \(text)  "
    buffer.put(
      value, x: list.x + Self.label, y: y,
      style: isHere ? context[.selection] : context[.value],
      maxWidth: max(0, list.width - Self.label))
  }
}
