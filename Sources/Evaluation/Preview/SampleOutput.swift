/// What a network says about one sample.
public struct SampleOutput: Sendable, Hashable {
  /// The elements of all compared outputs, one output after the other.
  public let values: [Float]
  /// The class with the highest score, ties to the lowest index; nil when outputs are no class scores.
  public let best: Int?
}
