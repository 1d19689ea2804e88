/// Random numbers that depend on a seed only (SplitMix64; Steele, Lea and Flood 2014): nothing of them
/// has to be kept for a resumed run.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  /// Starts at a seed.
  init(seed: UInt64) { state = seed }

  /// A seed of its own for each combination of numbers.
  static func seed(_ parts: Int...) -> UInt64 {
    parts.reduce(0x5745_4947_4854_5345) { state, part in
      var numbers = SeededNumbers(seed: state ^ UInt64(bitPattern: Int64(part)))
      return numbers.next()
    }
  }

  /// The next 64 random bits.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A number in 0..<bound.
  mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// Fisher-Yates, from the end.
  mutating func shuffle(_ values: inout [Int]) {
    guard values.count > 1 else { return }
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(last, next(below: last + 1))
    }
  }
}
