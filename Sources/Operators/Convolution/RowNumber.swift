import Tensors

/// A number type of the kernels that work on contiguous rows: `Float`, `Double`, and `Int64` for all
/// integers.
///
/// `Float` has its own loops beside the generic ones: without optimization generic code runs
/// many times slower, and whole models run in tests.
protocol RowNumber: TensorScalar, Comparable {
  /// Adds `depth` scaled rows to a row: `target[j] += factors[k] * sources[k * stride + j]`.
  static func accumulate(
    _ target: UnsafeMutablePointer<Self>, count: Int, _ terms: ScaledRows<Self>)

  /// The sum of products of two rows.
  static func dot(_ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, count: Int) -> Self

  /// Where among `offsets` the greatest element lies, the first of equal ones; nil without offsets.
  static func greatest(_ base: UnsafePointer<Self>, at offsets: UnsafeBufferPointer<Int>) -> Int?

  /// The sum of the elements at `offsets`.
  static func total(_ base: UnsafePointer<Self>, at offsets: UnsafeBufferPointer<Int>) -> Self

  /// The product, wrapping for integers.
  static func times(_ left: Self, _ right: Self) -> Self

  /// The sum, wrapping for integers.
  static func plus(_ left: Self, _ right: Self) -> Self
}

/// Rows to be scaled and added up.
struct ScaledRows<Element> {
  let sources: UnsafePointer<Element>
  /// From one row to the next.
  let stride: Int
  let factors: UnsafePointer<Element>
  /// From one factor to the next.
  let factorStride: Int
  /// The number of rows.
  let depth: Int
}

extension RowNumber {
  static func accumulate(
    _ target: UnsafeMutablePointer<Self>, count: Int, _ terms: ScaledRows<Self>
  ) {
    for row in 0..<terms.depth {
      let factor = terms.factors[row * terms.factorStride]
      let source = terms.sources + row * terms.stride
      for index in 0..<count {
        target[index] = plus(target[index], times(factor, source[index]))
      }
    }
  }

  static func dot(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, count: Int
  ) -> Self {
    var sum = zeroValue
    for index in 0..<count { sum = plus(sum, times(left[index], right[index])) }
    return sum
  }

  static func greatest(
    _ base: UnsafePointer<Self>, at offsets: UnsafeBufferPointer<Int>
  ) -> Int? {
    guard var best = offsets.first else { return nil }
    for offset in offsets where base[offset] > base[best] { best = offset }
    return best
  }

  static func total(
    _ base: UnsafePointer<Self>, at offsets: UnsafeBufferPointer<Int>
  ) -> Self {
    var sum = zeroValue
    for offset in offsets { sum = plus(sum, base[offset]) }
    return sum
  }
}

extension Double: RowNumber {
  static func times(_ left: Double, _ right: Double) -> Double { left * right }
  static func plus(_ left: Double, _ right: Double) -> Double { left + right }
}

extension Int64: RowNumber {
  static func times(_ left: Int64, _ right: Int64) -> Int64 { left &* right }
  static func plus(_ left: Int64, _ right: Int64) -> Int64 { left &+ right }
}

extension Float: RowNumber {
  static func times(_ left: Float, _ right: Float) -> Float { left * right }
  static func plus(_ left: Float, _ right: Float) -> Float { left + right }

  static func accumulate(
    _ target: UnsafeMutablePointer<Float>, count: Int, _ terms: ScaledRows<Float>
  ) {
    let (stride, factors, step) = (terms.stride, terms.factors, terms.factorStride)
    var row = 0
    // Four rows at a time: the target is read and written a quarter as often.
    while row &+ 4 <= terms.depth {
      let factor0 = factors[row &* step]
      let factor1 = factors[(row &+ 1) &* step]
      let factor2 = factors[(row &+ 2) &* step]
      let factor3 = factors[(row &+ 3) &* step]
      let source0 = terms.sources + row &* stride
      let source1 = source0 + stride
      let source2 = source1 + stride
      let source3 = source2 + stride
      var index = 0
      while index < count {
        target[index] =
          target[index]
          + ((factor0 * source0[index] + factor1 * source1[index])
            + (factor2 * source2[index] + factor3 * source3[index]))
        index &+= 1
      }
      row &+= 4
    }
    while row < terms.depth {
      let factor = factors[row &* step]
      let source = terms.sources + row &* stride
      var index = 0
      while index < count {
        target[index] = target[index] + factor * source[index]
        index &+= 1
      }
      row &+= 1
    }
  }

  static func dot(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, count: Int) -> Float
  {
    var (sum0, sum1, sum2, sum3): (Float, Float, Float, Float) = (0, 0, 0, 0)
    var index = 0
    while index &+ 4 <= count {
      sum0 += left[index] * right[index]
      sum1 += left[index &+ 1] * right[index &+ 1]
      sum2 += left[index &+ 2] * right[index &+ 2]
      sum3 += left[index &+ 3] * right[index &+ 3]
      index &+= 4
    }
    while index < count {
      sum0 += left[index] * right[index]
      index &+= 1
    }
    return (sum0 + sum1) + (sum2 + sum3)
  }

  static func greatest(
    _ base: UnsafePointer<Float>, at offsets: UnsafeBufferPointer<Int>
  ) -> Int? {
    guard let first = offsets.baseAddress, offsets.count > 0 else { return nil }
    var best = first[0]
    var value = base[best]
    var index = 1
    while index < offsets.count {
      let candidate = base[first[index]]
      if candidate > value {
        best = first[index]
        value = candidate
      }
      index &+= 1
    }
    return best
  }

  static func total(
    _ base: UnsafePointer<Float>, at offsets: UnsafeBufferPointer<Int>
  ) -> Float {
    guard let first = offsets.baseAddress else { return 0 }
    var sum: Float = 0
    var index = 0
    while index < offsets.count {
      sum += base[first[index]]
      index &+= 1
    }
    return sum
  }
}
