/// A line of the message list.
public struct Note: Sendable, Hashable {
  /// How serious it is.
  public enum Level: String, Sendable, Hashable {
    /// Something happened.
    case info
    /// Something to look at.
    case warning
    /// Something failed; stays on the screen until a key is pressed.
    case error
  }

  /// Seconds since the start.
  public var time: Double
  /// How serious it is.
  public var level: Level
  /// The text, with its remedy.
  public var text: String

  /// Makes a line.
  public init(time: Double, level: Level, text: String) {
    self.time = time
    self.level = level
    self.text = text
  }
}
