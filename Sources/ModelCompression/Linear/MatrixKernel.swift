/// The inner loop of all matrix products here: C -= A B, row-major, in tiles that stay in registers.
enum MatrixKernel {
  /// C[m x n] -= A[m x k] B[k x n] of doubles, each with the distance between its rows.
  static func subtractProduct(
    _ c: UnsafeMutablePointer<Double>, _ cStride: Int, _ a: UnsafePointer<Double>, _ aStride: Int,
    _ b: UnsafePointer<Double>, _ bStride: Int, rows m: Int, columns n: Int, inner k: Int
  ) {
    subtract(c, cStride, a, aStride, b, bStride, m, n, k)
  }

  /// The same of floats.
  static func subtractProduct(
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, _ a: UnsafePointer<Float>, _ aStride: Int,
    _ b: UnsafePointer<Float>, _ bStride: Int, rows m: Int, columns n: Int, inner k: Int
  ) {
    subtract(c, cStride, a, aStride, b, bStride, m, n, k)
  }

  @inline(__always)
  private static func subtract<Scalar: SIMDScalar & BinaryFloatingPoint>(
    _ c: UnsafeMutablePointer<Scalar>, _ cStride: Int, _ a: UnsafePointer<Scalar>, _ aStride: Int,
    _ b: UnsafePointer<Scalar>, _ bStride: Int, _ m: Int, _ n: Int, _ k: Int
  ) {
    var column = 0
    while column + 8 <= n {
      var row = 0
      while row + 2 <= m {
        tile(
          c + row * cStride + column, cStride, a + row * aStride, aStride, b + column, bStride, k)
        row += 2
      }
      while row < m {
        var sum = load(c + row * cStride + column)
        for inner in 0..<k { sum -= a[row * aStride + inner] * load(b + inner * bStride + column) }
        store(sum, c + row * cStride + column)
        row += 1
      }
      column += 8
    }
    while column < n {
      for row in 0..<m {
        var sum = c[row * cStride + column]
        for inner in 0..<k { sum -= a[row * aStride + inner] * b[inner * bStride + column] }
        c[row * cStride + column] = sum
      }
      column += 1
    }
  }

  @inline(__always)
  private static func tile<Scalar: SIMDScalar & BinaryFloatingPoint>(
    _ c: UnsafeMutablePointer<Scalar>, _ cStride: Int, _ a: UnsafePointer<Scalar>, _ aStride: Int,
    _ b: UnsafePointer<Scalar>, _ bStride: Int, _ k: Int
  ) {
    var first = load(c)
    var second = load(c + cStride)
    for inner in 0..<k {
      let row = load(b + inner * bStride)
      first -= a[inner] * row
      second -= a[aStride + inner] * row
    }
    store(first, c)
    store(second, c + cStride)
  }

  @inline(__always)
  private static func load<Scalar: SIMDScalar>(_ at: UnsafePointer<Scalar>) -> SIMD8<Scalar> {
    UnsafeRawPointer(at).loadUnaligned(as: SIMD8<Scalar>.self)
  }

  @inline(__always)
  private static func load<Scalar: SIMDScalar>(
    _ at: UnsafeMutablePointer<Scalar>
  ) -> SIMD8<Scalar> {
    UnsafeRawPointer(at).loadUnaligned(as: SIMD8<Scalar>.self)
  }

  @inline(__always)
  private static func store<Scalar: SIMDScalar>(
    _ value: SIMD8<Scalar>, _ at: UnsafeMutablePointer<Scalar>
  ) {
    UnsafeMutableRawPointer(at).storeBytes(of: value, as: SIMD8<Scalar>.self)
  }
}
