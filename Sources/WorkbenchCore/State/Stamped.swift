/// A result with the generation of the plan it was computed for.
public struct Stamped<Value: Sendable>: Sendable {
  /// The result.
  public var value: Value
  /// The plan's generation.
  public var generation: Int

  /// Stamps a result.
  public init(_ value: Value, generation: Int) {
    self.value = value
    self.generation = generation
  }
}
