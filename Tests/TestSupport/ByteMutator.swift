/// Damages small files at random: the same damages for the same seed.
public struct ByteMutator {
  private var random: SeededGenerator

  /// Starts at a seed, which tests print or keep.
  public init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func next(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

  /// The bytes with one to four damages.
  public mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0...next(4) where !result.isEmpty {
      let at = next(result.count)
      switch next(6) {
      case 0: result[at] = UInt8(next(256))
      case 1: result[at] ^= 1 << UInt8(next(8))
      case 2: result.removeLast(result.count - at)
      case 3: result.insert(UInt8(next(256)), at: at)
      case 4:
        let other = next(result.count)
        result.append(contentsOf: result[min(at, other)..<max(at, other)])
      default: for index in at..<min(at + 4, result.count) { result[index] = 0xFF }
      }
    }
    return result
  }
}
