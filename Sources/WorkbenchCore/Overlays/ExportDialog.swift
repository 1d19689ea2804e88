import TerminalCells

/// The export form: format, place, name, and exactly what will be written.
struct ExportDialog {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ form: ExportForm, in buffer: inout CellBuffer, room: Rect) {
    let rect = room.centered(
      width: min(room.width, max(64, min(76, room.width - 4))), height: min(room.height, 20))
    let inner = context.window(
      title: "Export", trailing: "Esc closes", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    var row = 0
    drawFormats(form, inner, row: &row, in: &buffer)
    row += inner.height >= 16 ? 1 : 0
    drawField("Folder", form.folder, .folder, form, inner, row: &row, in: &buffer)
    drawField("Name", form.name, .name, form, inner, row: &row, in: &buffer)
    row += inner.height >= 14 ? 1 : 0
    drawBox(
      "write the plan beside the model", form.writesPlan && form.format != .plan,
      form.format == .plan ? nil : .writesPlan, form, inner, row: &row, in: &buffer)
    drawBox(
      "overwrite existing files", form.overwrites, .overwrites, form, inner, row: &row,
      in: &buffer)
    row += inner.height >= 15 ? 1 : 0
    drawFiles(form, inner, row: &row, in: &buffer)
    drawNotes(form, inner, row: &row, in: &buffer)
    drawButtons(form, inner, in: &buffer)
  }

  private static let label = 12

  private func drawFormats(
    _ form: ExportForm, _ inner: Rect, row: inout Int, in buffer: inout CellBuffer
  ) {
    buffer.put("Format", in: inner, row: row, style: context[.textMuted])
    let columns = 3
    let width = max(14, (inner.width - Self.label) / columns)
    for (index, format) in ExportChoice.allCases.enumerated() {
      let isChosen = format == form.format
      let style =
        isChosen && form.field == .format ? context[.selection] : context[isChosen ? .value : .text]
      buffer.put(
        "(\(isChosen ? "x" : " ")) \(format.title)",
        x: inner.x + Self.label + index % columns * width,
        y: inner.y + row + index / columns, style: style, maxWidth: max(0, width - 1))
    }
    mark(form.field == .format, inner, row: row, in: &buffer)
    row += (ExportChoice.allCases.count + columns - 1) / columns
  }

  private func drawField(
    _ title: String, _ field: TextField, _ place: ExportForm.Field, _ form: ExportForm,
    _ inner: Rect, row: inout Int, in buffer: inout CellBuffer
  ) {
    guard row < inner.height else { return }
    buffer.put(title, in: inner, row: row, style: context[.textMuted])
    let ending = place == .name ? ".\(form.format.fileExtension)" : ""
    let endingCells = TextWidth.cells(of: ending)
    let rect = Rect(
      x: inner.x + Self.label, y: inner.y + row,
      width: max(0, inner.width - Self.label - endingCells - 1), height: 1)
    field.draw(
      in: rect, of: &buffer, style: context[.input], showsCursor: form.field == place)
    buffer.put(ending, x: rect.maxX, y: rect.y, style: context[.textMuted])
    mark(form.field == place, inner, row: row, in: &buffer)
    row += 1
  }

  private func drawBox(
    _ title: String, _ isOn: Bool, _ place: ExportForm.Field?, _ form: ExportForm, _ inner: Rect,
    row: inout Int, in buffer: inout CellBuffer
  ) {
    let isHere = place == form.field
    let style = context[isHere ? .selection : place == nil ? .textDisabled : .text]
    buffer.put(
      "[\(isOn ? "x" : " ")] \(title)", x: inner.x + Self.label, y: inner.y + row, style: style,
      maxWidth: max(0, inner.width - Self.label))
    mark(isHere, inner, row: row, in: &buffer)
    row += 1
  }

  /// The mark of the field the keys go to, so that it shows without colours too.
  private func mark(_ isHere: Bool, _ inner: Rect, row: Int, in buffer: inout CellBuffer) {
    guard isHere, row < inner.height else { return }
    buffer.put(
      ">", x: inner.x + Self.label - 2, y: inner.y + row, style: context[.borderFocused])
  }

  private func drawFiles(
    _ form: ExportForm, _ inner: Rect, row: inout Int, in buffer: inout CellBuffer
  ) {
    var files = [(form.fileName, state.promisedBytes(form.format))]
    if let plan = form.planFileName { files.append((plan, state.promisedBytes(.plan))) }
    for (index, file) in files.enumerated() {
      if index == 0 { buffer.put("Will write", in: inner, row: row, style: context[.textMuted]) }
      let bytes = file.1.map { "\(Figures.grouped($0)) bytes" } ?? "size is being computed"
      let room = max(0, inner.width - Self.label - TextWidth.cells(of: bytes) - 2)
      buffer.put(
        TextWidth.truncated(file.0, to: room), x: inner.x + Self.label, y: inner.y + row,
        style: context[.text], maxWidth: room)
      buffer.put(
        bytes, in: inner, row: row, style: context[.value].emphasized, alignment: .trailing)
      row += 1
    }
    if let original = state.model?.fileBytes {
      let bytes = "\(Figures.grouped(original)) bytes"
      buffer.put("Original", in: inner, row: row, style: context[.textMuted])
      buffer.put(
        state.model?.name ?? "", x: inner.x + Self.label, y: inner.y + row,
        style: context[.textMuted],
        maxWidth: max(0, inner.width - Self.label - TextWidth.cells(of: bytes) - 2))
      buffer.put(bytes, in: inner, row: row, style: context[.textMuted], alignment: .trailing)
      row += 1
    }
  }

  private func drawNotes(
    _ form: ExportForm, _ inner: Rect, row: inout Int, in buffer: inout CellBuffer
  ) {
    // The last row is the buttons'.
    let room = inner.height - 1 - row
    guard room > 0 else { return }
    let slot: ThemeSlot = form.problem == nil ? .textMuted : .error
    let text = form.problem ?? note(for: form.format)
    for line in Wrapping.lines(text, width: inner.width - Self.label).prefix(room) {
      buffer.put(
        line, x: inner.x + Self.label, y: inner.y + row, style: context[slot],
        maxWidth: inner.width - Self.label)
      row += 1
    }
  }

  /// What the format is, and where its numbers are wider than the plan's.
  private func note(for choice: ExportChoice) -> String {
    guard choice == .onnxQDQ else { return "\(choice.summary)." }
    let widths = Set(state.settings.compactMap { $0.weights?.bits })
    let odd = widths.subtracting([4, 8, 16]).sorted()
    let list = odd.map(String.init).joined(separator: ", ")
    return odd.isEmpty
      ? "\(choice.summary). Zeros are stored as codes: sparsity does not make the file smaller."
      : "\(choice.summary). \(list)-bit codes are stored in the next wider type, zeros as codes."
  }

  private func drawButtons(_ form: ExportForm, _ inner: Rect, in buffer: inout CellBuffer) {
    let row = inner.height - 1
    var x = inner.x + Self.label
    for (field, title) in [(ExportForm.Field.export, "[ Export ]"), (.cancel, "[ Cancel ]")] {
      let isHere = form.field == field
      x +=
        buffer.put(
          title, x: x, y: inner.y + row, style: context[isHere ? .selection : .text]) + 4
    }
    mark(form.field == .export || form.field == .cancel, inner, row: row, in: &buffer)
  }
}
