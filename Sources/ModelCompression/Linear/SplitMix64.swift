/// The generator SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed everywhere.
struct SplitMix64: RandomNumberGenerator {
  private let seed: UInt64
  private var index: UInt64 = 0

  /// Starts from a seed.
  init(seed: UInt64) { self.seed = seed }

  /// The next 64 random bits.
  mutating func next() -> UInt64 {
    defer { index &+= 1 }
    return SeedMixing.splitMix(seed, at: index)
  }
}
