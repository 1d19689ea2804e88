/// How many weights have each value of the leading 15 bits of |w| (exponent and 7 bits of mantissa).
///
/// The bits of |w| order like |w|, so buckets are ascending runs of magnitudes.
struct MagnitudeTable: Sendable {
  /// Number of buckets.
  static let length = 1 << 15
  /// Bits of a magnitude below those that choose the bucket.
  static let lowBits: UInt32 = 16

  /// Weights by bucket.
  let counts: [UInt32]

  /// A table filled by `body`, which gets it zeroed.
  init(_ body: (UnsafeMutablePointer<UInt32>) throws -> Void) throws {
    var counts = [UInt32](repeating: 0, count: Self.length)
    try counts.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { try body(base) }
    }
    self.counts = counts
  }

  /// Whether a weight is NaN or infinite.
  var holdsNonFinite: Bool {
    counts[Int(Float.infinity.bitPattern >> Self.lowBits)...].contains { $0 > 0 }
  }

  /// Weights in buckets below `bucket`.
  func count(below bucket: Int) -> Int {
    counts.withUnsafeBufferPointer { counts in
      var sum = 0
      for index in 0..<bucket { sum &+= Int(counts[index]) }
      return sum
    }
  }
}
