import Tensors

/// Index tensors made usable: integers that count from the front and lie within their axis.
enum IndexList {
  /// The indices into an axis of `length`; negative ones count from its end.
  static func positions(_ indices: Tensor, length: Int) throws(EngineError) -> [Int] {
    guard indices.type == .int64 || indices.type == .int32 else {
      throw Shapes.mismatch("the indices have type \(indices.type) instead of int64 or int32")
    }
    var result = indices.integers
    for position in result.indices {
      result[position] = try check(result[position], length: length)
    }
    return result
  }

  /// One index into an axis of `length`, counted from the front.
  static func check(_ index: Int, length: Int) throws(EngineError) -> Int {
    guard index >= -length, index < length else {
      throw Shapes.mismatch("index \(index) is outside of an axis of length \(length)")
    }
    return index < 0 ? index + length : index
  }

  /// The offsets of the elements or slices that the index tuples of GatherND and ScatterND name.
  ///
  /// - Parameters:
  ///   - indices: Tuples along the last axis.
  ///   - shape: The axes that a tuple indexes, and those after them.
  ///   - batches: How many times the tuples start over at the next `shape` of the data.
  static func tupleOffsets(
    _ indices: Tensor, shape: [Int], batches: Int
  ) throws(EngineError) -> [Int] {
    guard indices.type == .int64 || indices.type == .int32, let width = indices.shape.last,
      width <= shape.count
    else {
      throw Shapes.mismatch(
        "indices of type \(indices.type) and shape \(indices.shape) do not fit shape \(shape)")
    }
    let strides = Shapes.strides(shape)
    let values = indices.integers
    let tuples = Shapes.product(indices.shape.dropLast())
    let perBatch = batches > 0 ? tuples / batches : 0
    let batchSize = Shapes.product(shape)
    var offsets: [Int] = []
    offsets.reserveCapacity(tuples)
    for tuple in 0..<tuples {
      var offset = perBatch > 0 ? tuple / perBatch * batchSize : 0
      for axis in 0..<width {
        offset += try check(values[tuple * width + axis], length: shape[axis]) * strides[axis]
      }
      offsets.append(offset)
    }
    return offsets
  }
}
