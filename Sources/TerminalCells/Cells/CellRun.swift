/// Changed cells side by side on one row.
public struct CellRun: Sendable, Hashable {
  /// The column of the first.
  public var x: Int
  /// Their row.
  public var y: Int
  /// The cells as they are now; never begins with the second half of a wide character.
  public var cells: [Cell]

  /// Makes a run.
  public init(x: Int, y: Int, cells: [Cell]) {
    self.x = x
    self.y = y
    self.cells = cells
  }
}
