import Tensors

/// The shapes of a matrix product with broadcast leading axes, as numpy's `matmul`.
struct MatrixProduct {
  let rows: Int
  let depth: Int
  let columns: Int
  /// The common leading axes.
  let batch: [Int]
  let leftBatch: [Int]
  let rightBatch: [Int]
  /// The shape of the result.
  let output: [Int]

  init(_ left: [Int], _ right: [Int]) throws(EngineError) {
    guard let depth = left.last, !right.isEmpty else {
      throw Shapes.mismatch("shapes \(left) and \(right) can't be multiplied: one is a scalar")
    }
    let rightDepth = right.count == 1 ? right[0] : right[right.count - 2]
    guard depth == rightDepth else {
      throw Shapes.mismatch(
        "shapes \(left) and \(right) can't be multiplied: \(depth) columns against "
          + "\(rightDepth) rows")
    }
    self.depth = depth
    rows = left.count == 1 ? 1 : left[left.count - 2]
    columns = right.count == 1 ? 1 : right[right.count - 1]
    leftBatch = Array(left.dropLast(2))
    rightBatch = Array(right.dropLast(2))
    batch = try Shapes.broadcast([leftBatch, rightBatch])
    output = batch + (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns])
    try Shapes.count(output)
    try Shapes.count(batch)
  }

  /// The number of multiply-adds.
  var multiplyAdds: Int { output.reduce(depth) { $0.multiplyingSaturating($1) } }

  /// The products of all matrices of the batch.
  func run<R: RowNumber>(_ left: [R], _ right: [R]) -> [R] {
    var result = [R](repeating: .zeroValue, count: Shapes.product(output))
    guard !result.isEmpty, depth > 0 else { return result }
    let loop = StridedLoop(
      shape: batch,
      strides: [
        Shapes.broadcastStrides(leftBatch, to: batch),
        Shapes.broadcastStrides(rightBatch, to: batch),
      ])
    result.withUnsafeMutableBufferPointer { result in
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          guard let target = result.baseAddress, let left = left.baseAddress,
            let right = right.baseAddress
          else { return }
          loop.forEachRow { row, offsets in
            for index in 0..<loop.rowLength {
              multiply(
                target + (row * loop.rowLength + index) * rows * columns,
                left + (offsets[0] + index * loop.rowStrides[0]) * rows * depth,
                right + (offsets[1] + index * loop.rowStrides[1]) * depth * columns)
            }
          }
        }
      }
    }
    return result
  }

  private func multiply<R: RowNumber>(
    _ target: UnsafeMutablePointer<R>, _ left: UnsafePointer<R>, _ right: UnsafePointer<R>
  ) {
    for row in 0..<rows {
      if columns == 1 {
        target[row] = R.dot(left + row * depth, right, count: depth)
        continue
      }
      R.accumulate(
        target + row * columns, count: columns,
        ScaledRows(
          sources: right, stride: columns, factors: left + row * depth, factorStride: 1,
          depth: depth))
    }
  }
}
