/// What a network says about one sample.
public struct SampleOutput: Sendable, Hashable {
  /// The elements of all compared outputs, one output after the other; of pairs, those of the second
  /// half behind those of the first.
  public let values: [Float]
  /// The class with the highest score, ties to the lowest index; nil when outputs are no class scores.
  public let best: Int?

  /// The halves of a pair together.
  func joined(by second: SampleOutput) -> SampleOutput {
    SampleOutput(values: values + second.values, best: best)
  }
}
