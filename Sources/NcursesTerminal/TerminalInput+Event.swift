import CNcurses
import TerminalCells

extension TerminalInput {
  /// Reads the shim's event; `nil` where it means nothing here.
  init?(_ event: cnc_event) {
    var modifiers: KeyModifiers = []
    if event.modifiers & UInt32(CNC_CONTROL.rawValue) != 0 { modifiers.insert(.control) }
    if event.modifiers & UInt32(CNC_ALT.rawValue) != 0 { modifiers.insert(.alt) }
    if event.modifiers & UInt32(CNC_SHIFT.rawValue) != 0 { modifiers.insert(.shift) }
    switch event.kind {
    case Int32(CNC_CHARACTER.rawValue):
      guard let scalar = Unicode.Scalar(event.code_point) else { return nil }
      self = .key(.character(Character(scalar), modifiers))
    case Int32(CNC_SPECIAL.rawValue):
      guard let key = SpecialKey(number: event.special) else { return nil }
      self = .key(.special(key, modifiers))
    case Int32(CNC_MOUSE.rawValue):
      guard let action = MouseEvent.Action(number: event.mouse_action) else { return nil }
      self = .mouse(MouseEvent(action, x: Int(event.x), y: Int(event.y)))
    case Int32(CNC_CLOSED.rawValue): self = .closed
    default: return nil
    }
  }
}

extension SpecialKey {
  fileprivate init?(number: Int32) {
    // In the order of cnc_special_key, whose first value is no key.
    let keys: [SpecialKey] = [
      .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .enter, .escape, .tab,
      .backspace, .delete, .insert, .f1, .f2, .f3, .f4, .f5, .f6, .f7, .f8, .f9, .f10, .f11,
      .f12,
    ]
    guard keys.indices.contains(Int(number) - 1) else { return nil }
    self = keys[Int(number) - 1]
  }
}

extension MouseEvent.Action {
  fileprivate init?(number: Int32) {
    let actions: [MouseEvent.Action] = [.press, .release, .drag, .wheelUp, .wheelDown]
    guard actions.indices.contains(Int(number) - 1) else { return nil }
    self = actions[Int(number) - 1]
  }
}
