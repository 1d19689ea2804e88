import Tensors

/// The loop that GPTQ (2210.17323, algorithm 1) and SparseGPT (2301.00774, algorithm 1) share: columns
/// are settled one after the other, and what that does to the outputs is made up for by the columns that
/// follow, block by block.
///
/// With H the mean products of the inputs, damped by `damp` x its mean diagonal, and U the upper
/// triangular factor H^-1 = U^T U: err = (w - settled) / U_jj, and W_k -= err U_jk for all k > j. An
/// input that was always 0 has H_jj = 1, so that nothing is made up for it.
struct ColumnCompensation {
  /// Columns.
  let columns: Int
  /// U row by row.
  let upper: [Double]
  /// Inputs that were always 0.
  let isDead: [Bool]
  /// Columns of a block.
  let block: Int

  /// Factors the products.
  ///
  /// - Throws: ``EngineError`` when they are not positive definite; `CancellationError`.
  init(products: [Double], columns n: Int, block: Int, damp: Double, isCancelled: () -> Bool) throws
  {
    columns = n
    self.block = max(block, 1)
    var hessian = products
    isDead = (0..<n).map { products[$0 * n + $0] == 0 }
    var trace = 0.0
    for index in 0..<n {
      if isDead[index] { hessian[index * n + index] = 1 }
      trace += hessian[index * n + index]
    }
    let added = damp * trace / Double(max(n, 1))
    for index in 0..<n { hessian[index * n + index] += added }
    // With the order reversed, H = R R^T has an upper triangular R, and U is its inverse.
    hessian.reverse()
    var inverse = try CholeskyFactor(hessian, size: n, isCancelled: isCancelled)
      .inverse(isCancelled: isCancelled)
    inverse.reverse()
    upper = inverse
  }

  /// U_jj.
  func diagonal(_ column: Int) -> Double { upper[column * columns + column] }

  /// Settles all columns of `weights`, `rows` x columns.
  ///
  /// - Parameters:
  ///   - beforeBlock: Called with the columns of a block before any of them is settled.
  ///   - settle: Gives the number that a weight becomes; it gets the row, the column and the row's
  ///     weights as they are then.
  /// - Throws: `CancellationError`.
  func run(
    _ weights: inout [Double], rows: Int, isCancelled: () -> Bool,
    beforeBlock: (Range<Int>, UnsafePointer<Double>) -> Void = { _, _ in },
    settle: (_ row: Int, _ column: Int, _ weights: UnsafePointer<Double>) -> Double
  ) throws {
    var errors = [Double](repeating: 0, count: rows * block)
    try weights.withUnsafeMutableBufferPointer { buffer in
      try errors.withUnsafeMutableBufferPointer { errors in
        try upper.withUnsafeBufferPointer { upper in
          guard let w = buffer.baseAddress, let e = errors.baseAddress, let u = upper.baseAddress
          else { return }
          var first = 0
          while first < columns {
            if isCancelled() { throw CancellationError() }
            let end = min(first + block, columns)
            beforeBlock(first..<end, w)
            for row in 0..<rows {
              settleRow(w + row * columns, e + row * block, u, first..<end) { settle(row, $0, $1) }
            }
            MatrixKernel.subtractProduct(
              w + end, columns, e, block, u + first * columns + end, columns, rows: rows,
              columns: columns - end, inner: end - first)
            first = end
          }
        }
      }
    }
  }

  @inline(__always)
  private func settleRow(
    _ row: UnsafeMutablePointer<Double>, _ errors: UnsafeMutablePointer<Double>,
    _ upper: UnsafePointer<Double>, _ range: Range<Int>,
    _ settle: (Int, UnsafePointer<Double>) -> Double
  ) {
    for column in range {
      let settled = settle(column, row)
      let factors = upper + column * columns
      let error = (row[column] - settled) / factors[column]
      row[column] = settled
      errors[column - range.lowerBound] = error
      guard error != 0 else { continue }
      for later in (column + 1)..<max(range.upperBound, column + 1) {
        row[later] -= error * factors[later]
      }
    }
  }
}
