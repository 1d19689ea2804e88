import TerminalCells

extension Workbench {
  /// Takes a message into the state and tells what is to be done; the only writer of the state.
  ///
  /// - Parameter time: Seconds since the start, never going back.
  public static func update(
    _ state: inout WorkbenchState, _ message: Message, time: Double
  ) -> [Effect] {
    state.time = max(state.time, time)
    let effects = state.take(message)
    state.expireNote()
    state.keepSelectionInSight()
    state.keepViewsInSight()
    return effects + state.sessionEffects()
  }
}

extension WorkbenchState {
  fileprivate mutating func take(_ message: Message) -> [Effect] {
    switch message {
    case .key(let key): return press(key)
    case .interrupted: return press(.character("c", .control))
    case .resized(let columns, let rows):
      self.columns = max(0, columns)
      self.rows = max(0, rows)
      keepFocusVisible()
      return []
    case .tick: return []
    case .themes(let choices, let current):
      themes = choices
      themeSlug = current
      return []
    case .sessionFound(let plan, let age):
      offerSession(plan, age: age)
      return []
    case .note(let text, let level):
      say(text, level)
      return []
    default: return takeResult(message)
    }
  }

  /// Runs the action of a key, or gives it to the overlay.
  private mutating func press(_ key: KeyPress) -> [Effect] {
    shownNote = nil
    if !overlay.isNone { return pressInOverlay(key) }
    if let character = key.typedCharacter, takesCount(character) { return [] }
    guard let action = KeyTable.standard.action(for: key, in: view) else {
      pendingCount = ""
      say("\(key.name) does nothing here; ? lists the keys")
      return []
    }
    let amount = Double(pendingCount)
    let call = ActionCall(
      count: amount.map { Int($0.rounded()) }, amount: amount, key: key)
    let hadCount = !pendingCount.isEmpty
    pendingCount = ""
    if action.name == "cancel", hadCount { return [] }
    return run(action, call)
  }

  /// Runs an action, or says why it is off.
  mutating func run(_ action: WorkbenchAction, _ call: ActionCall) -> [Effect] {
    if let reason = action.disabledReason(in: self) {
      say("\(action.name): \(reason)", .warning)
      return []
    }
    return action.run(&self, call)
  }

  /// Collects digits of a count or amount; a point only behind a digit.
  private mutating func takesCount(_ character: Character) -> Bool {
    let isDigit = ("0"..."9").contains(character)
    let isPoint = character == "." && !pendingCount.isEmpty && !pendingCount.contains(".")
    guard isDigit || isPoint else { return false }
    if pendingCount.count < 6 { pendingCount.append(character) }
    return true
  }

  /// Moves the focus to a pane that is shown.
  private mutating func keepFocusVisible() {
    let layout = layout
    guard !layout.isTooSmall, layout.panes[focus] == nil else { return }
    focus = .layers
  }

  /// Takes the message away from the hint line when its time is over.
  fileprivate mutating func expireNote() {
    guard let note = shownNote, note.level != .error, time >= note.time + Self.noteSeconds else {
      return
    }
    shownNote = nil
  }

  /// Shows a message in the hint line and keeps it in the list.
  mutating func say(_ text: String, _ level: Note.Level = .info) {
    let note = Note(time: time, level: level, text: text)
    shownNote = note
    // A key held down says the same again and again: once in the list is enough.
    if notes.last?.text == text { notes.removeLast() }
    notes.append(note)
    if notes.count > 500 { notes.removeFirst(notes.count - 500) }
  }
}
