/// Exact order statistics of scores in linear time: counting by the bits of the number.
enum ScoreSelection {
  /// An integer that orders like the score; -0 equals 0.
  @inline(__always)
  static func key(_ score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern
    return bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
  }

  /// The score of a key.
  static func score(_ key: UInt32) -> Float {
    Float(bitPattern: key & 0x8000_0000 != 0 ? key & 0x7FFF_FFFF : ~key)
  }

  /// The key at `rank` (0 is the lowest) among all scores, and how many keys are lower.
  ///
  /// Three passes look at 11, 11 and 10 bits each.
  ///
  /// - Complexity: O(n).
  static func key(
    at rank: Int, among lists: [[Float]]
  ) -> (key: UInt32, lower: Int) {
    var prefix: UInt32 = 0
    var known = 0
    var lower = 0
    for bits in [11, 11, 10] {
      let shift = 32 - known - bits
      let mask = UInt32(1) << UInt32(bits) - 1
      var counts = [Int](repeating: 0, count: 1 << bits)
      counts.withUnsafeMutableBufferPointer { counts in
        for scores in lists {
          scores.withUnsafeBufferPointer { scores in
            for score in scores {
              let key = key(score)
              if known == 0 || key >> UInt32(32 - known) == prefix {
                counts[Int(key >> UInt32(shift) & mask)] += 1
              }
            }
          }
        }
      }
      var digit = 0
      while lower + counts[digit] <= rank {
        lower += counts[digit]
        digit += 1
      }
      prefix = prefix << UInt32(bits) | UInt32(digit)
      known += bits
    }
    return (prefix, lower)
  }

  /// The score that `fraction` of the way through the sorted scores is, with NumPy's default linear
  /// interpolation in double precision: `numpy.quantile(scores.astype(float64), fraction)`.
  static func quantile(_ fraction: Double, of lists: [[Float]]) -> Double {
    let count = lists.reduce(0) { $0 + $1.count }
    guard count > 0 else { return 0 }
    return quantile(fraction, ofCount: count) { rank in
      Double(score(key(at: rank, among: lists).key))
    }
  }

  /// The same of `count` > 0 values that are known by rank.
  static func quantile(
    _ fraction: Double, ofCount count: Int, valueAtRank: (Int) throws -> Double
  ) rethrows -> Double {
    let position = fraction * Double(count - 1)
    let below = min(Int(position.rounded(.down)), count - 1)
    let above = min(below + 1, count - 1)
    let a = try valueAtRank(below)
    let b = above == below ? a : try valueAtRank(above)
    let part = position - Double(below)
    // NumPy interpolates from the nearer end.
    return part >= 0.5 ? b - (b - a) * (1 - part) : a + (b - a) * part
  }

  /// Scores below `threshold`.
  static func count(of scores: [Float], below threshold: Double) -> Int {
    var count = 0
    for score in scores where Double(score) < threshold { count += 1 }
    return count
  }
}
