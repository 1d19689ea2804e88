/// What the mouse did, and where.
public struct MouseEvent: Sendable, Hashable {
  /// What was done.
  public enum Action: Sendable, Hashable {
    /// The left button went down.
    case press
    /// The left button went up.
    case release
    /// The mouse moved with the button down.
    case drag
    /// The wheel turned away.
    case wheelUp
    /// The wheel turned nearer.
    case wheelDown
  }

  /// What was done.
  public let action: Action
  /// The column.
  public let x: Int
  /// The row.
  public let y: Int

  /// Makes an event.
  public init(_ action: Action, x: Int, y: Int) {
    self.action = action
    self.x = x
    self.y = y
  }
}
