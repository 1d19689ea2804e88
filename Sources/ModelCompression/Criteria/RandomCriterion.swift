import Tensors

/// Any weights, by the plan's seed: what every other criterion has to beat.
///
/// The score of weight i is the i-th number of SplitMix64 (Steele and others 2014) from the layer's seed,
/// its upper 24 bits as a fraction of 1.
public struct RandomCriterion: ImportanceCriterion {
  /// `random`.
  public let name = "random"
  /// For the screen.
  public let summary = "chance decides, by the plan's seed"
  /// Yes.
  public let isRandom = true

  /// Makes the criterion.
  public init() {}

  /// A number from 0 to less than 1 for each weight.
  public func scores(_ input: ScoringInput) -> [Float] {
    (0..<input.layer.parameters).map { index in
      let number = SeedMixing.splitMix(input.seed, at: UInt64(index))
      return Float(number >> 40) * 0x1p-24
    }
  }
}
