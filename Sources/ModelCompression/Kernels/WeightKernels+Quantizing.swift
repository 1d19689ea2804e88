import Tensors

extension WeightKernels {
  /// How many weights are zero once those below `bound` went.
  static func zeroCount(_ weights: UnsafeBufferPointer<Float>, bound: UInt32) -> Int {
    var zeros: UInt32 = 0
    for index in 0..<weights.count { zeros &+= isZero(kept(weights[index], bound)) }
    return Int(zeros)
  }

  /// How many symmetric codes of one scale are zero.
  static func zeroCount(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, scale: Float
  ) -> Int {
    var zeros: UInt32 = 0
    for index in 0..<weights.count {
      zeros &+= isZero(rounded(kept(weights[index], bound) / scale))
    }
    return Int(zeros)
  }

  /// How many symmetric codes are zero, each with a scale of its own.
  static func zeroCount(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, scales: UnsafeBufferPointer<Float>
  ) -> Int {
    var zeros: UInt32 = 0
    for index in 0..<weights.count {
      zeros &+= isZero(rounded(kept(weights[index], bound) / scales[index]))
    }
    return Int(zeros)
  }

  /// How many asymmetric codes of one scale are the zero point.
  static func zeroCount(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, scale: Float, zero: Float,
    highest: Float
  ) -> Int {
    var zeros: UInt32 = 0
    for index in 0..<weights.count {
      let code = clamped(rounded(kept(weights[index], bound) / scale) + zero, 0, highest)
      zeros &+= isZero(code - zero)
    }
    return Int(zeros)
  }

  /// How many asymmetric codes are the zero point, each with a scale of its own.
  static func zeroCount(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, scales: UnsafeBufferPointer<Float>,
    zeros zeroPoints: UnsafeBufferPointer<Float>, highest: Float
  ) -> Int {
    var zeros: UInt32 = 0
    for index in 0..<weights.count {
      let zero = zeroPoints[index]
      let code = clamped(
        rounded(kept(weights[index], bound) / scales[index]) + zero, 0, highest)
      zeros &+= isZero(code - zero)
    }
    return Int(zeros)
  }

  /// Codes and values of weights with one scale.
  static func quantize<Code: TensorInteger>(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, scale: Float, zero: Float,
    lowest: Float, highest: Float, codes: UnsafeMutablePointer<Code>,
    values: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<weights.count {
      let code = clamped(
        rounded(kept(weights[index], bound) / scale) + zero, lowest, highest)
      codes[index] = Code(truncatingIfNeeded: integer(code))
      values[index] = (code - zero) * scale
    }
  }

  /// Codes and values of weights with a scale each.
  static func quantize<Code: TensorInteger>(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, scales: UnsafeBufferPointer<Float>,
    zeros: UnsafeBufferPointer<Float>, lowest: Float, highest: Float,
    codes: UnsafeMutablePointer<Code>, values: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<weights.count {
      let (scale, zero) = (scales[index], zeros[index])
      let code = clamped(
        rounded(kept(weights[index], bound) / scale) + zero, lowest, highest)
      codes[index] = Code(truncatingIfNeeded: integer(code))
      values[index] = (code - zero) * scale
    }
  }

  /// The sum of (w - value of its code)^2 with one scale, in double precision.
  static func squaredError(
    _ weights: UnsafeBufferPointer<Float>, scale: Float, zero: Float, lowest: Float,
    highest: Float
  ) -> Double {
    var sums = SIMD4<Double>.zero
    var index = 0
    while index + 4 <= weights.count {
      for lane in 0..<4 {
        let weight = weights[index + lane]
        let code = clamped(rounded(weight / scale) + zero, lowest, highest)
        let error = Double(weight - (code - zero) * scale)
        sums[lane] += error * error
      }
      index += 4
    }
    var sum = sums.sum()
    while index < weights.count {
      let code = clamped(rounded(weights[index] / scale) + zero, lowest, highest)
      let error = Double(weights[index] - (code - zero) * scale)
      sum += error * error
      index += 1
    }
    return sum
  }

  /// Raises each place to the magnitude of its weight where that is kept and larger.
  static func raise(
    _ largest: UnsafeMutableBufferPointer<UInt32>, _ weights: UnsafeBufferPointer<Float>,
    _ bound: UInt32
  ) {
    for index in 0..<weights.count {
      largest[index] = larger(
        largest[index], kept(weights[index], bound).bitPattern & magnitudeMask)
    }
  }

  /// Raises each place to its weight where that is kept and larger, positive and negative apart.
  static func raise(
    high: UnsafeMutableBufferPointer<UInt32>, low: UnsafeMutableBufferPointer<UInt32>,
    _ weights: UnsafeBufferPointer<Float>, _ bound: UInt32
  ) {
    for index in 0..<weights.count {
      let signed = parts(kept(weights[index], bound))
      high[index] = larger(high[index], signed.positive)
      low[index] = larger(low[index], signed.negative)
    }
  }

  @inline(__always)
  private static func clamped(_ x: Float, _ low: Float, _ high: Float) -> Float {
    let below = x < high ? x : high
    return below > low ? below : low
  }
}
