import Tensors

/// Where the elements lie that GatherElements reads and ScatterElements writes.
enum ElementOffsets {
  /// The node's axis, checked along with the shapes: the indices have the data's rank and are no
  /// longer than it on the other axes.
  static func checkedAxis(
    _ call: OperatorCall, shape: [Int], indices: [Int]
  ) throws(EngineError) -> Int {
    let axis = try Shapes.axis(call.int("axis", default: 0), rank: shape.count)
    guard indices.count == shape.count,
      shape.indices.allSatisfy({ $0 == axis || indices[$0] <= shape[$0] })
    else {
      throw Shapes.mismatch("indices of shape \(indices) do not fit data of shape \(shape)")
    }
    return axis
  }

  /// For each index, in order, the offset in the data of the element that it names.
  static func offsets(
    _ indices: Tensor, shape: [Int], axis: Int
  ) throws(EngineError) -> [Int] {
    var offsets = try IndexList.positions(indices, length: shape[axis])
    let strides = Shapes.strides(shape)
    // The other axes keep their position; the indexed axis does not move by itself.
    var others = strides
    others[axis] = 0
    let loop = StridedLoop(shape: indices.shape, strides: [others])
    loop.forEachRow { row, starts in
      for index in 0..<loop.rowLength {
        let position = row * loop.rowLength + index
        offsets[position] =
          offsets[position] * strides[axis] + starts[0] + index * loop.rowStrides[0]
      }
    }
    return offsets
  }
}
