import TerminalCells

/// The form of a search for a plan: goal, what is allowed, start.
struct SearchDialog {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }
  private static let label = 12

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ form: SearchForm, in buffer: inout CellBuffer, room: Rect) {
    let rect = room.centered(
      width: min(room.width, max(40, min(72, room.width - 4))), height: min(room.height, 16))
    let inner = context.window(
      title: "Search for a plan", trailing: "Esc closes", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    let isRoomy = inner.height >= 12
    var row = 0
    drawGoals(form, inner, row: &row, in: &buffer)
    drawField(
      "At most", form.value, .value, form, inner, width: 10, unit: valueUnit(form), row: &row,
      in: &buffer)
    row += isRoomy ? 1 : 0
    drawField(
      "Bits", form.bits, .bits, form, inner, width: inner.width, unit: "", row: &row, in: &buffer)
    drawField(
      "Prune %", form.amounts, .amounts, form, inner, width: inner.width, unit: "", row: &row,
      in: &buffer)
    row += isRoomy ? 1 : 0
    drawNotes(form, inner, row: &row, in: &buffer)
    drawButtons(form, inner, in: &buffer)
  }

  private func drawGoals(
    _ form: SearchForm, _ inner: Rect, row: inout Int, in buffer: inout CellBuffer
  ) {
    let goals = SearchForm.Goal.allCases.filter { $0 != .multiplyAdds || state.knowsMultiplyAdds }
    buffer.put("Goal", in: inner, row: row, style: context[.textMuted])
    mark(form.field == .goal, inner, row: row, in: &buffer)
    let width = max(14, (inner.width - Self.label) / 2)
    for (index, goal) in goals.enumerated() {
      let isChosen = goal == form.goal
      let style =
        isChosen && form.field == .goal ? context[.selection] : context[isChosen ? .value : .text]
      buffer.put(
        "(\(isChosen ? "x" : " ")) \(goal.title)", x: inner.x + Self.label + index % 2 * width,
        y: inner.y + row + index / 2, style: style, maxWidth: width - 1)
    }
    row += (goals.count + 1) / 2
  }

  /// The unit, and what it comes to for this model.
  private func valueUnit(_ form: SearchForm) -> String {
    guard form.goal == .size, let number = form.number, let bytes = state.model?.fileBytes else {
      return form.goal.unit
    }
    let size = Figures.bytes(Int(Double(bytes) * number / 100), unitOf: bytes)
    return "\(form.goal.unit): \(size) of \(Figures.bytes(bytes))"
  }

  private func drawField(
    _ title: String, _ field: TextField, _ place: SearchForm.Field, _ form: SearchForm,
    _ inner: Rect, width: Int, unit: String, row: inout Int, in buffer: inout CellBuffer
  ) {
    guard row < inner.height else { return }
    buffer.put(title, in: inner, row: row, style: context[.textMuted])
    let rect = Rect(
      x: inner.x + Self.label, y: inner.y + row,
      width: max(0, min(width, inner.width - Self.label - 1)), height: 1)
    field.draw(in: rect, of: &buffer, style: context[.input], showsCursor: form.field == place)
    buffer.put(
      unit, x: rect.maxX + 1, y: rect.y, style: context[.textMuted],
      maxWidth: inner.maxX - rect.maxX - 1)
    mark(form.field == place, inner, row: row, in: &buffer)
    row += 1
  }

  private func mark(_ isHere: Bool, _ inner: Rect, row: Int, in buffer: inout CellBuffer) {
    guard isHere, row < inner.height else { return }
    buffer.put(
      ">", x: inner.x + Self.label - 2, y: inner.y + row, style: context[.borderFocused])
  }

  private func drawNotes(
    _ form: SearchForm, _ inner: Rect, row: inout Int, in buffer: inout CellBuffer
  ) {
    let room = inner.height - 2 - row
    guard room > 0 else { return }
    let slot: ThemeSlot = form.problem == nil ? .textMuted : .error
    let text = form.problem ?? note
    for line in Wrapping.lines(text, width: inner.width - Self.label).prefix(room) {
      buffer.put(
        line, x: inner.x + Self.label, y: inner.y + row, style: context[slot],
        maxWidth: inner.width - Self.label)
      row += 1
    }
  }

  /// Which layers may change, and what the numbers will come from.
  private var note: String {
    let layers = state.model?.layers.count ?? 0
    let pinned = Set(state.plan.pinned).union(state.unmarkedLayers).count
    let free =
      state.marked.isEmpty
      ? (pinned == 0
        ? "All \(layers) layers may change." : "\(pinned) of \(layers) layers are pinned.")
      : "Only the \(state.marked.count) marked layers may change."
    return "\(free) Half of the images are searched on, the result is reported on the others. "
      + "The plan is taken as one step: u undoes."
  }

  private func drawButtons(_ form: SearchForm, _ inner: Rect, in buffer: inout CellBuffer) {
    let row = inner.height - 1
    var x = inner.x + Self.label
    for (field, title) in [(SearchForm.Field.start, "[ Start ]"), (.cancel, "[ Cancel ]")] {
      let isHere = form.field == field
      x +=
        buffer.put(title, x: x, y: inner.y + row, style: context[isHere ? .selection : .text]) + 4
    }
    mark(form.field == .start || form.field == .cancel, inner, row: row, in: &buffer)
  }
}
