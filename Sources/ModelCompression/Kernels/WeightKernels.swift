/// The inner loops over weights: no branches, no selections, no bounds checks, no calls, so that the
/// compiler makes vector code of them (measured: five to nine times the speed).
///
/// Comparisons of magnitudes are subtractions of their bits, which keep below 2^31, with the sign
/// spread over all bits as a mask. Rounding half to even is done by adding and subtracting 1.5 x 2^23:
/// exact for |x| <= 2^22, and codes of at most 16 bits keep far below that; the processor's own
/// instruction is not part of the x86-64 baseline, and a library call per weight would take ten times
/// as long.
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

  /// All ones where `bits`, taken for a magnitude, is below `bound`; 0 elsewhere.
  @inline(__always)
  static func mask(_ bits: UInt32, below bound: UInt32) -> UInt32 {
    UInt32(bitPattern: (Int32(bitPattern: bits & magnitudeMask) &- Int32(bitPattern: bound)) &>> 31)
  }

  /// The weight, or 0 where its magnitude's bits are below `bound`.
  @inline(__always)
  static func kept(_ weight: Float, _ bound: UInt32) -> Float {
    let bits = weight.bitPattern
    return Float(bitPattern: bits & ~mask(bits, below: bound))
  }

  /// 1 where the number is 0 or -0.
  @inline(__always)
  static func isZero(_ x: Float) -> UInt32 { mask(x.bitPattern, below: 1) & 1 }

  /// The larger of two magnitudes' bits.
  @inline(__always)
  static func larger(_ a: UInt32, _ b: UInt32) -> UInt32 {
    let difference = Int32(bitPattern: b) &- Int32(bitPattern: a)
    return a &+ UInt32(bitPattern: difference & ~(difference &>> 31))
  }

  /// How many weights are zero.
  static func zeroCount(_ weights: UnsafeBufferPointer<Float>) -> Int {
    var zeros: UInt32 = 0
    for index in 0..<weights.count { zeros &+= isZero(weights[index]) }
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
    let stride = 64
    var start = 0
    while start < weights.count {
      let end = min(start + stride, weights.count)
      // Most runs hold none: one vector comparison tells.
      var found: UInt32 = 0
      for index in start..<end {
        let high = (weights[index].bitPattern & magnitudeMask) >> MagnitudeTable.lowBits
        found |= mask(high ^ bucket, below: 1)
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
    var largest: UInt32 = 0
    for index in 0..<weights.count {
      largest = larger(largest, kept(weights[index], bound).bitPattern & magnitudeMask)
    }
    return largest
  }

  /// The bits of the largest positive weight that is kept, and of the largest magnitude of a negative
  /// one; 0 where there is none.
  static func extremes(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32
  ) -> (high: UInt32, low: UInt32) {
    var high: UInt32 = 0
    var low: UInt32 = 0
    for index in 0..<weights.count {
      let signed = parts(kept(weights[index], bound))
      high = larger(high, signed.positive)
      low = larger(low, signed.negative)
    }
    return (high, low)
  }

  /// The magnitude's bits of a positive number and of a negative one; 0 for the other.
  @inline(__always)
  static func parts(_ x: Float) -> (positive: UInt32, negative: UInt32) {
    let bits = x.bitPattern
    let isNegative = UInt32(bitPattern: Int32(bitPattern: bits) &>> 31)
    return (bits & ~isNegative, bits & isNegative & magnitudeMask)
  }

  /// Pruned weights without quantization: copies those that are kept.
  static func prune(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, into values: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<weights.count { values[index] = kept(weights[index], bound) }
  }

  /// Adds the squares of the weights and of their differences to `after`, eight sums side by side.
  static func addSquares(
    _ before: UnsafeBufferPointer<Float>, _ after: UnsafePointer<Float>, to sums: inout SquareSums
  ) {
    var index = 0
    var local = sums
    while index + 8 <= before.count {
      for half in 0..<2 {
        let at = index + 4 * half
        let weights = SIMD4<Double>(
          Double(before[at]), Double(before[at + 1]), Double(before[at + 2]),
          Double(before[at + 3]))
        let differences =
          weights
          - SIMD4<Double>(
            Double(after[at]), Double(after[at + 1]), Double(after[at + 2]), Double(after[at + 3]))
        local.signal[half] += weights * weights
        local.noise[half] += differences * differences
      }
      index += 8
    }
    while index < before.count {
      let weight = Double(before[index])
      let difference = weight - Double(after[index])
      local.signal[0][0] += weight * weight
      local.noise[0][0] += difference * difference
      index += 1
    }
    sums = local
  }
}

/// Sums of squares of weights and of what became of them, in double precision.
struct SquareSums {
  var signal = [2 of SIMD4<Double>](repeating: .zero)
  var noise = [2 of SIMD4<Double>](repeating: .zero)

  /// 10 log10(signal / noise); infinity without noise.
  var decibels: Double {
    let signalSum = (signal[0] + signal[1]).sum()
    let noiseSum = (noise[0] + noise[1]).sum()
    return noiseSum == 0 ? .infinity : 10 * RealMath.log10(signalSum / noiseSum)
  }
}
