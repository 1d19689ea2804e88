import TerminalCells

/// Draws the lines of a form from top to bottom: a title, and behind it what can be typed or chosen.
struct FormLines {
  let context: ScreenContext
  /// The room within the form's frame.
  let inner: Rect
  /// Cells of the titles.
  let label: Int
  /// The next line.
  private(set) var row = 0

  init(_ context: ScreenContext, _ inner: Rect, label: Int) {
    self.context = context
    self.inner = inner
    self.label = label
  }

  /// Leaves lines empty.
  mutating func skip(_ rows: Int) { row += rows }

  /// A text that can be typed, and what stands behind it.
  mutating func field(
    _ title: String, _ field: TextField, isHere: Bool, width: Int, unit: String = "",
    in buffer: inout CellBuffer
  ) {
    guard row < inner.height else { return }
    buffer.put(title, in: inner, row: row, style: context[.textMuted])
    let rect = Rect(
      x: inner.x + label, y: inner.y + row,
      width: max(0, min(width, inner.width - label - 1)), height: 1)
    field.draw(in: rect, of: &buffer, style: context[.input], showsCursor: isHere)
    buffer.put(
      unit, x: rect.maxX + 1, y: rect.y, style: context[.textMuted],
      maxWidth: inner.maxX - rect.maxX - 1)
    if isHere { mark(row, in: &buffer) }
    row += 1
  }

  /// A few things of which one is chosen, as many columns to a line.
  mutating func choice(
    _ title: String, _ options: [(title: String, isChosen: Bool)], isHere: Bool, columns: Int = 2,
    in buffer: inout CellBuffer
  ) {
    buffer.put(title, in: inner, row: row, style: context[.textMuted])
    if isHere { mark(row, in: &buffer) }
    let width = max(14, (inner.width - label) / columns)
    for (index, option) in options.enumerated() {
      let style =
        option.isChosen && isHere
        ? context[.selection] : context[option.isChosen ? .value : .text]
      buffer.put(
        "(\(option.isChosen ? "x" : " ")) \(option.title)",
        x: inner.x + label + index % columns * width, y: inner.y + row + index / columns,
        style: style, maxWidth: width - 1)
    }
    row += (options.count + columns - 1) / columns
  }

  /// Something that is on or off.
  mutating func check(
    _ title: String, _ text: String, isOn: Bool, isHere: Bool, in buffer: inout CellBuffer
  ) {
    guard row < inner.height else { return }
    buffer.put(title, in: inner, row: row, style: context[.textMuted])
    if isHere { mark(row, in: &buffer) }
    buffer.put(
      "[\(isOn ? "x" : " ")] \(text)", x: inner.x + label, y: inner.y + row,
      style: context[isHere ? .selection : isOn ? .value : .text], maxWidth: inner.width - label)
    row += 1
  }

  /// Wrapped text; the line of buttons stays free.
  mutating func note(_ text: String, _ slot: ThemeSlot, in buffer: inout CellBuffer) {
    let room = inner.height - 2 - row
    guard room > 0 else { return }
    for line in Wrapping.lines(text, width: inner.width - label).prefix(room) {
      buffer.put(
        line, x: inner.x + label, y: inner.y + row, style: context[slot],
        maxWidth: inner.width - label)
      row += 1
    }
  }

  /// The buttons, in the last line.
  func buttons(_ buttons: [(title: String, isHere: Bool)], in buffer: inout CellBuffer) {
    let row = inner.height - 1
    var x = inner.x + label
    for button in buttons {
      x +=
        buffer.put(
          "[ \(button.title) ]", x: x, y: inner.y + row,
          style: context[button.isHere ? .selection : .text]) + 4
    }
    if buttons.contains(where: \.isHere) { mark(row, in: &buffer) }
  }

  private func mark(_ row: Int, in buffer: inout CellBuffer) {
    guard row < inner.height else { return }
    buffer.put(
      ">", x: inner.x + label - 2, y: inner.y + row, style: context[.borderFocused])
  }
}
