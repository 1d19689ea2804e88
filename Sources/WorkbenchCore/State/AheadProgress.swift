/// How many neighbours of the current plan are measured ahead.
public struct AheadProgress: Sendable, Hashable {
  /// The generation of the plan whose neighbours they are.
  public var generation: Int
  /// The selected layer.
  public var layer: String
  /// Neighbours measured.
  public var done: Int
  /// All of them.
  public var total: Int

  /// Makes a progress.
  public init(generation: Int, layer: String, done: Int, total: Int) {
    self.generation = generation
    self.layer = layer
    self.done = done
    self.total = total
  }
}
