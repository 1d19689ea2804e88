/// The inner loops over weights: no branches, no bounds checks, no calls, so that the compiler makes
/// vector code of them.
///
/// Rounding half to even is done by adding and subtracting 1.5 x 2^23: exact for |x| <= 2^22, and
/// codes of at most 16 bits keep far below that; the processor's own instruction is not part of the
/// x86-64 baseline, and a library call per weight would take ten times as long.
enum WeightKernels {
  /// 1.5 x 2^23: adding it leaves no bits for a fraction.
  static let rounder: Float = 12_582_912
  /// All bits but the sign.
  static let magnitudeMask: UInt32 = 0x7FFF_FFFF

  /// `x` rounded half to even, for |x| <= 2^22; never -0.
  @inline(__always)
  static func rounded(_ x: Float) -> Float { (x + rounder) - rounder }

  /// The integer that an integral `x` is, for |x| <= 2^22.
  @inline(__always)
  static func integer(_ x: Float) -> Int32 {
    Int32(bitPattern: (x + rounder).bitPattern &- rounder.bitPattern)
  }

  /// The weight, or 0 where its magnitude's bits are below `bound`.
  @inline(__always)
  static func kept(_ weight: Float, _ bound: UInt32) -> Float {
    let bits = weight.bitPattern
    // Magnitudes are below 2^31: the signed comparison is one instruction.
    let goes = Int32(bitPattern: bits & magnitudeMask) < Int32(bitPattern: bound)
    return Float(bitPattern: goes ? 0 : bits)
  }

  /// How many weights are zero.
  static func zeroCount(_ weights: UnsafeBufferPointer<Float>) -> Int {
    var zeros: UInt32 = 0
    for index in 0..<weights.count { zeros &+= weights[index] == 0 ? 1 : 0 }
    return Int(zeros)
  }

  /// Counts weights by the leading bits of their magnitudes.
  static func count(
    _ weights: UnsafeBufferPointer<Float>, into buckets: UnsafeMutablePointer<UInt32>
  ) {
    for index in 0..<weights.count {
      let bits = weights[index].bitPattern & magnitudeMask
      buckets[Int(bits >> MagnitudeTable.lowBits)] &+= 1
    }
  }

  /// Appends the low bits of the magnitudes in `bucket`, and their indices unless `indices` is empty.
  static func gather(
    _ weights: UnsafeBufferPointer<Float>, first: Int, bucket: UInt32,
    lows: UnsafeMutableBufferPointer<UInt16>, indices: UnsafeMutableBufferPointer<UInt32>,
    count: inout Int
  ) {
    var written = count
    let stride = 16
    var start = 0
    while start < weights.count {
      let end = min(start + stride, weights.count)
      // Most runs hold none: one vector comparison tells.
      var found: UInt32 = 0
      for index in start..<end {
        let high = (weights[index].bitPattern & magnitudeMask) >> MagnitudeTable.lowBits
        found |= high == bucket ? 1 : 0
      }
      if found != 0 {
        for index in start..<end {
          let bits = weights[index].bitPattern & magnitudeMask
          guard bits >> MagnitudeTable.lowBits == bucket else { continue }
          lows[written] = UInt16(truncatingIfNeeded: bits)
          if !indices.isEmpty { indices[written] = UInt32(truncatingIfNeeded: first + index) }
          written += 1
        }
      }
      start = end
    }
    count = written
  }

  /// The bits of the largest magnitude that is kept.
  static func largest(_ weights: UnsafeBufferPointer<Float>, bound: UInt32) -> UInt32 {
    var largest: Int32 = 0
    for index in 0..<weights.count {
      let bits = Int32(bitPattern: weights[index].bitPattern & magnitudeMask)
      let kept = bits < Int32(bitPattern: bound) ? 0 : bits
      largest = kept > largest ? kept : largest
    }
    return UInt32(bitPattern: largest)
  }

  /// The bits of the largest positive weight that is kept, and of the largest magnitude of a negative
  /// one; 0 where there is none.
  static func extremes(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32
  ) -> (high: UInt32, low: UInt32) {
    var high: Int32 = 0
    var low: Int32 = 0
    for index in 0..<weights.count {
      let bits = Int32(bitPattern: kept(weights[index], bound).bitPattern)
      // A negative float is a negative integer; what is left of its sign is its magnitude.
      let magnitude = bits < 0 ? bits & Int32.max : 0
      high = bits > high ? bits : high
      low = magnitude > low ? magnitude : low
    }
    return (UInt32(bitPattern: high), UInt32(bitPattern: low))
  }

  /// Pruned weights without quantization: copies those that are kept.
  static func prune(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, into values: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<weights.count { values[index] = kept(weights[index], bound) }
  }

  /// Adds the squares of the weights and of their differences to `after`, eight sums side by side.
  static func addSquares(
    _ before: UnsafeBufferPointer<Float>, _ after: UnsafePointer<Float>,
    signal: inout [8 of Double],
    noise: inout [8 of Double]
  ) {
    var index = 0
    while index + 8 <= before.count {
      for lane in 0..<8 {
        let weight = Double(before[index + lane])
        let difference = weight - Double(after[index + lane])
        signal[lane] += weight * weight
        noise[lane] += difference * difference
      }
      index += 8
    }
    while index < before.count {
      let weight = Double(before[index])
      let difference = weight - Double(after[index])
      signal[0] += weight * weight
      noise[0] += difference * difference
      index += 1
    }
  }
}
