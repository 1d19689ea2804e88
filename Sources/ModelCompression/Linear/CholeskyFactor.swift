import Tensors

/// The lower triangular L with A = L L^T of a symmetric positive definite A, in double precision.
///
/// Blocks of 64 columns: the factor of the diagonal block, the block below it, then the rest less their
/// product (Golub and Van Loan, Matrix Computations, 4.2.9).
struct CholeskyFactor {
  /// Rows and columns.
  let size: Int
  /// L row by row; above the diagonal 0.
  private(set) var lower: [Double]

  private static let block = 64

  /// Factors `matrix`, of which the lower triangle is read.
  ///
  /// - Throws: ``EngineError`` when it is not positive definite; `CancellationError`.
  /// - Complexity: O(size^3 / 3).
  init(_ matrix: [Double], size: Int, isCancelled: () -> Bool) throws {
    precondition(matrix.count == size * size, "\(matrix.count) numbers for size \(size)")
    self.size = size
    lower = matrix
    try lower.withUnsafeMutableBufferPointer { buffer in
      guard let a = buffer.baseAddress else { return }
      try Self.factor(a, size, isCancelled)
      for row in 0..<size {
        for column in (row + 1)..<max(size, row + 1) { a[row * size + column] = 0 }
      }
    }
  }

  private static func factor(
    _ a: UnsafeMutablePointer<Double>, _ n: Int, _ isCancelled: () -> Bool
  ) throws {
    var transposed = [Double](repeating: 0, count: block * n)
    var first = 0
    while first < n {
      if isCancelled() { throw CancellationError() }
      let end = min(first + block, n)
      try factorColumns(a, n, first, end)
      let width = end - first
      let rest = n - end
      transposed.withUnsafeMutableBufferPointer { transposed in
        guard let t = transposed.baseAddress, rest > 0 else { return }
        for row in 0..<rest {
          for column in 0..<width { t[column * rest + row] = a[(end + row) * n + first + column] }
        }
        // Only what is on or left of the diagonal, in strips of rows.
        var row = 0
        while row < rest {
          let stop = min(row + block, rest)
          MatrixKernel.subtractProduct(
            a + (end + row) * n + end, n, a + (end + row) * n + first, n, t, rest,
            rows: stop - row, columns: stop, inner: width)
          row = stop
        }
      }
      first = end
    }
  }

  /// The columns `first..<end`, from which everything further left has been subtracted.
  private static func factorColumns(
    _ a: UnsafeMutablePointer<Double>, _ n: Int, _ first: Int, _ end: Int
  ) throws {
    for row in first..<n {
      let rowStart = a + row * n
      for column in first..<min(row + 1, end) {
        let other = a + column * n
        var sum = rowStart[column]
        for inner in first..<column { sum -= rowStart[inner] * other[inner] }
        if column < row {
          rowStart[column] = sum / other[column]
        } else {
          guard sum > 0, sum.isFinite else {
            throw EngineError(
              .invalidArgument, subject: "calibration",
              problem: "the products of the inputs are not positive definite",
              remedy: "Calibrate on more samples, or raise 'damp'")
          }
          rowStart[column] = sum.squareRoot()
        }
      }
    }
  }

  /// x with A x = b.
  func solve(_ b: [Double]) -> [Double] {
    var x = b
    lower.withUnsafeBufferPointer { l in
      for row in 0..<size {
        var sum = x[row]
        for column in 0..<row { sum -= l[row * size + column] * x[column] }
        x[row] = sum / l[row * size + row]
      }
      for row in stride(from: size - 1, through: 0, by: -1) {
        let value = x[row] / l[row * size + row]
        x[row] = value
        for column in 0..<row { x[column] -= l[row * size + column] * value }
      }
    }
    return x
  }

  /// The inverse of L, lower triangular, row by row.
  ///
  /// - Throws: `CancellationError`.
  /// - Complexity: O(size^3 / 3).
  func inverse(isCancelled: () -> Bool) throws -> [Double] {
    let n = size
    var result = [Double](repeating: 0, count: n * n)
    try lower.withUnsafeBufferPointer { source in
      try result.withUnsafeMutableBufferPointer { target in
        guard let l = source.baseAddress, let x = target.baseAddress else { return }
        var first = 0
        while first < n {
          if isCancelled() { throw CancellationError() }
          let end = min(first + Self.block, n)
          for row in first..<end { x[row * n + row] = 1 }
          // Rows of the block: what stands left of it, then forward substitution inside.
          MatrixKernel.subtractProduct(
            x + first * n, n, l + first * n, n, x, n, rows: end - first, columns: first,
            inner: first)
          for row in first..<end {
            for inner in first..<row {
              let factor = l[row * n + inner]
              for column in 0...inner { x[row * n + column] -= factor * x[inner * n + column] }
            }
            let diagonal = 1 / l[row * n + row]
            for column in 0...row { x[row * n + column] *= diagonal }
          }
          first = end
        }
      }
    }
    return result
  }
}
