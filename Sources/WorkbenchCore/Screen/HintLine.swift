import TerminalCells

/// The line above the status line: a message, what is being typed, or the most useful keys.
struct HintLine {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    guard !rect.isEmpty else { return }
    buffer.fill(rect, style: context[.hint])
    let room = rect.inset(horizontal: 1, vertical: 0)
    if let note = state.shownNote {
      let slot: ThemeSlot =
        switch note.level {
        case .info: .notice
        case .warning: .warning
        case .error: .error
        }
      let sign = note.level == .info ? "" : note.level == .warning ? "! " : "ERROR "
      buffer.put(
        TextWidth.truncated(sign + note.text, to: room.width), in: room, style: context[slot])
      return
    }
    if case .filter(let field, _) = state.overlay {
      drawFilter(field, room, in: &buffer)
      return
    }
    drawHints(hints, room, in: &buffer)
  }

  private func drawFilter(_ field: TextField, _ room: Rect, in buffer: inout CellBuffer) {
    let count = state.shownLayers.count
    let tail = "  \(count) layer\(count == 1 ? "" : "s")   Enter keeps  Esc clears"
    let used = buffer.put("/", in: room, style: context[.key])
    let width = max(8, min(30, room.width - used - TextWidth.cells(of: tail)))
    let input = Rect(x: room.x + used, y: room.y, width: width, height: 1)
    field.draw(in: input, of: &buffer, style: context[.input])
    buffer.put(
      tail, x: input.maxX, y: room.y, style: context[.textMuted], maxWidth: room.maxX - input.maxX)
  }

  /// Keys with full words; those that do not fit are left out from the right, never cut.
  private func drawHints(
    _ hints: [(keys: String, text: String)], _ room: Rect, in buffer: inout CellBuffer
  ) {
    var x = room.x
    for hint in hints {
      let cells = TextWidth.cells(of: hint.keys) + 1 + TextWidth.cells(of: hint.text)
      guard x + cells <= room.maxX else { continue }
      x += buffer.put(hint.keys, x: x, y: room.y, style: context[.key])
      x += 1 + buffer.put(hint.text, x: x + 1, y: room.y, style: context[.hint]) + 2
    }
  }

  private var hints: [(keys: String, text: String)] {
    switch state.overlay {
    case .help: return [("type", "to filter"), ("Up/Down", "scroll"), ("Esc", "close")]
    case .palette:
      return [("Up/Down", "choose"), ("Tab", "complete"), ("Enter", "run"), ("Esc", "close")]
    case .export:
      return [
        ("Tab", "next field"), ("S-Tab", "back"), ("Space", "choose"), ("Enter", "press"),
        ("Esc", "close"),
      ]
    case .themes: return [("j/k", "preview"), ("Enter", "keep"), ("Esc", "restore")]
    case .savePath: return [("Enter", "save"), ("Esc", "cancel")]
    case .search where state.search.isRunning:
      return [("Esc", "stop, keep the best"), ("Enter", "go on behind"), ("P", "Pareto board")]
    case .finetune where state.finetuning.isRunning:
      return [("Esc", "stop, keep the best"), ("Enter", "go on behind")]
    case .search, .finetune:
      return [
        ("Tab", "next field"), ("Space", "choose"), ("Enter", "press"), ("Esc", "close"),
      ]
    case .settings:
      return [
        ("j/k", "field"), ("h/l", "change"), ("H/L", "by 5"), ("u", "undo"), ("Esc", "close"),
      ]
    case .sizes: return [("j/k", "scroll"), ("Esc", "close")]
    case .confirm(let question): return question.answers.map { ($0.key, $0.text) }
    case .none, .filter:
      switch state.view {
      case .workbench: return paneHints
      case .sensitivity: return sensitivityHints
      case .board: return boardHints
      }
    }
  }

  private var sensitivityHints: [(keys: String, text: String)] {
    if !state.pendingCount.isEmpty {
      return [("b", "budget \(state.pendingCount)"), ("j/k", "layers"), ("Esc", "forget")]
    }
    var hints = [("j/k", "layer"), ("h/l", "column"), ("Enter", "apply"), ("A", "apply all")]
    hints.append(("Tab", state.sensitivity.sweep == .prune ? "bits" : "prune"))
    hints.append(("Esc", state.sensitivity.isScanning ? "cancel" : "back"))
    return hints + [
      ("o", "sort"), ("b", "budget"), ("m", "measure"), ("u", "undo"), ("f", "search"),
      ("P", "Pareto board"), ("r", "scan on"), ("?", "help"),
    ]
  }

  private var boardHints: [(keys: String, text: String)] {
    [
      ("j/k", "plan"), ("Enter", "restore"), ("u", "undo"), ("a", "front only"), ("o", "sort"),
      ("f", "search"), ("s", "sensitivity"), ("Esc", "back"), ("?", "help"),
    ]
  }

  private var paneHints: [(keys: String, text: String)] {
    guard state.model != nil else { return [("q", "quit"), ("?", "help")] }
    if !state.pendingCount.isEmpty {
      return [
        ("%", "prune to \(state.pendingCount) %"), ("j/k", "rows"), ("h/l", "percent"),
        ("Esc", "forget"),
      ]
    }
    var hints: [(keys: String, text: String)] = []
    if let layer = state.selectedLayer, state.plan.pinned.contains(layer.name) {
      let head = state.model?.head.flatMap { $0.names.contains(layer.name) ? $0.reason : nil }
      hints.append(("K", "unpin" + (head.map { ": \($0)" } ?? "")))
    }
    if state.showsFirstHint {
      return hints
        + [("j k", "choose a layer"), ("h l", "prune it"), ("- +", "bits"), ("?", "help")]
    }
    switch state.focus {
    case .messages: return [("j/k", "scroll"), ("m", "back"), ("Tab", "next pane"), ("?", "help")]
    case .inspector:
      hints += [("b", "before/after"), ("a", "log counts"), ("v", "heatmap"), ("z", "zoom")]
    case .preview: hints += [("r", "evaluate again"), ("z", "zoom")]
    case .pareto: hints += [("P", "whole board"), ("z", "zoom")]
    case .layers: break
    }
    if !state.marked.isEmpty { hints.append(("Esc", "clear marks")) }
    hints += [
      ("j/k", "layer"), ("h/l", "prune 1 %"), ("H/L", "5 %"), ("-/+", "bits"), ("i", "settings"),
      ("u", "undo"), ("s", "sensitivity"), ("e", "export"), ("/", "filter"), ("f", "search"),
      ("Space", "mark"),
      ("P", "Pareto"), (":", "commands"), ("t", "theme"),
      ("v", "heatmap"), ("w", "save plan"), ("r", "evaluate"), ("x", "reset layer"),
    ]
    return hints
  }
}
