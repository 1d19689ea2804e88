import TerminalCells

/// The form of a search for a plan: goal, what is allowed, start.
struct SearchDialog {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ form: SearchForm, in buffer: inout CellBuffer, room: Rect) {
    let rect = room.centered(
      width: min(room.width, max(40, min(72, room.width - 4))), height: min(room.height, 16))
    let inner = context.window(
      title: "Search for a plan", trailing: "Esc closes", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    let gap = inner.height >= 12 ? 1 : 0
    var lines = FormLines(context, inner, label: 12)
    let goals = SearchForm.Goal.allCases.filter { $0 != .multiplyAdds || state.knowsMultiplyAdds }
    lines.choice(
      "Goal", goals.map { ($0.title, $0 == form.goal) }, isHere: form.field == .goal, in: &buffer)
    lines.field(
      "At most", form.value, isHere: form.field == .value, width: 10, unit: valueUnit(form),
      in: &buffer)
    lines.skip(gap)
    lines.field(
      "Bits", form.bits, isHere: form.field == .bits, width: inner.width, in: &buffer)
    lines.field(
      "Prune %", form.amounts, isHere: form.field == .amounts, width: inner.width, in: &buffer)
    lines.skip(gap)
    lines.note(form.problem ?? note, form.problem == nil ? .textMuted : .error, in: &buffer)
    lines.buttons(
      [("Start", form.field == .start), ("Cancel", form.field == .cancel)], in: &buffer)
  }

  /// The unit, and what it comes to for this model.
  private func valueUnit(_ form: SearchForm) -> String {
    guard form.goal == .size, let number = form.number, let bytes = state.model?.fileBytes else {
      return form.goal.unit
    }
    let size = Figures.bytes(Int(Double(bytes) * number / 100), unitOf: bytes)
    return "\(form.goal.unit): \(size) of \(Figures.bytes(bytes))"
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
}
