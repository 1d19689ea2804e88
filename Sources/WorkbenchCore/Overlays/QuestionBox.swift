import TerminalCells

/// A small window with a question, or with the path of the plan's file.
struct QuestionBox {
  private let context: ScreenContext

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ question: Confirmation, in buffer: inout CellBuffer, room: Rect) {
    let inner = box(
      title: Self.title(question), height: 4 + question.answers.count, room,
      in: &buffer)
    buffer.put(question.question, in: inner, style: context[.text])
    if question == .restoreSession, let plan = context.state.foundPlan,
      let model = context.state.model,
      let settings = try? plan.resolved(for: model.layers.map(\.layer)).settings
    {
      let text = "\(context.state.foundAge): \(context.state.planSummary(settings))"
      buffer.put(
        TextWidth.truncated(text, to: inner.width), in: inner, row: 1, style: context[.textMuted])
    }
    let width = question.answers.map { TextWidth.cells(of: $0.key) }.max() ?? 0
    for (row, answer) in question.answers.enumerated() {
      buffer.put(
        [
          StyledText(TextWidth.padded(answer.key, to: width + 2), context[.key]),
          StyledText(answer.text, context[.text]),
        ], in: inner, row: row + 2)
    }
  }

  func draw(
    path: TextField, quitsAfter: Bool, in buffer: inout CellBuffer, room: Rect
  ) {
    let inner = box(
      title: quitsAfter ? "Save the plan and quit" : "Save the plan", height: 5, room,
      in: &buffer)
    buffer.put("File", in: inner, style: context[.textMuted])
    path.draw(
      in: Rect(x: inner.x + 6, y: inner.y, width: inner.width - 6, height: inner.height)
        .row(0), of: &buffer, style: context[.input])
    buffer.put(
      [
        StyledText("Enter ", context[.key]), StyledText("saves   ", context[.text]),
        StyledText("Esc ", context[.key]), StyledText("cancels", context[.text]),
      ], in: inner, row: 2)
  }

  private static func title(_ question: Confirmation) -> String {
    switch question {
    case .quit: "Quit"
    case .resetPlan: "Reset"
    case .restoreSession: "Last session"
    }
  }

  private func box(
    title: String, height: Int, _ room: Rect, in buffer: inout CellBuffer
  ) -> Rect {
    let rect = room.centered(
      width: min(room.width - 2, 64), height: min(room.height, height))
    return context.window(title: title, trailing: "Esc closes", at: rect, in: &buffer)
      .inset(horizontal: 1, vertical: 0)
  }
}
