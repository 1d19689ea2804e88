import Tensors

/// A tensor seen as `outer x length x inner`: the rows along one axis, or, in the older meaning of
/// Softmax and its kin, along that axis and all after it.
struct AxisRows {
  let outer: Int
  let length: Int
  let inner: Int
}

extension AxisRows {
  /// The rows of Softmax, LogSoftmax and Hardmax: before opset 13 the input is flattened to a matrix
  /// at `axis` (1 unless given), since then `axis` (the last unless given) is normalised alone.
  init(softmax call: OperatorCall, shape: [Int]) throws(EngineError) {
    if call.opset < 13 {
      let axis = call.int("axis", default: 1)
      // The axis may equal the rank when a matrix of one column is meant.
      let split = axis == shape.count ? axis : try Shapes.axis(axis, rank: shape.count)
      self.init(
        outer: Shapes.product(shape[..<split]), length: Shapes.product(shape[split...]), inner: 1)
    } else {
      let given = call.int("axis", default: -1)
      guard !shape.isEmpty || given == 0 || given == -1 else {
        throw Shapes.mismatch("axis \(given) is outside of rank 0")
      }
      let padded = shape.isEmpty ? [1] : shape
      self.init(shape: padded, axis: try Shapes.axis(given, rank: padded.count))
    }
  }

  /// The rows along one axis, which must lie within the shape.
  init(shape: [Int], axis: Int) {
    self.init(
      outer: Shapes.product(shape[..<axis]), length: shape[axis],
      inner: Shapes.product(shape[(axis + 1)...]))
  }

  /// Calls `body` with the offset of the first element of each row; its elements are ``inner`` apart.
  @inline(__always)
  func forEachRow(_ body: (Int) -> Void) {
    guard length > 0 else { return }
    for block in 0..<outer {
      for position in 0..<inner { body(block * length * inner + position) }
    }
  }
}
