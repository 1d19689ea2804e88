import Tensors

/// Checked arithmetic on shapes and axes, shared by all operators.
///
/// Every function throws on what a malformed node can cause; none traps.
enum Shapes {
  /// The most elements a result may have: more is taken for a malformed node.
  static let elementLimit = 1 << 31

  /// An error of code `shapeMismatch`.
  static func mismatch(_ problem: String, remedy: String? = nil) -> EngineError {
    EngineError(
      .shapeMismatch, problem: problem,
      remedy: remedy ?? "Check the model with onnx.checker, or export it again")
  }

  /// An error of code `unsupported`.
  static func unsupported(_ problem: String, remedy: String? = nil) -> EngineError {
    EngineError(
      .unsupported, problem: problem,
      remedy: remedy ?? "Export the model with operators and types that this version runs")
  }

  /// The product of the lengths, at most ``elementLimit``; no length may be negative.
  ///
  /// The lengths beside a zero are checked too, so that later plain products can't overflow.
  @discardableResult
  static func count(_ shape: [Int]) throws(EngineError) -> Int {
    var product = 1
    var hasZero = false
    for length in shape {
      guard length >= 0 else { throw mismatch("shape \(shape) has a negative length") }
      if length == 0 {
        hasZero = true
        continue
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard !overflow, next <= elementLimit else {
        throw mismatch(
          "shape \(shape) has more than \(elementLimit) elements",
          remedy: "Check the model's shapes, or use a smaller batch")
      }
      product = next
    }
    return hasZero ? 0 : product
  }

  /// Row-major strides in elements; the shape must have passed ``count(_:)``.
  static func strides(_ shape: [Int]) -> [Int] {
    var result = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      result[axis] = result[axis + 1] * max(shape[axis + 1], 1)
    }
    return result
  }

  /// The common shape of operands that are broadcast against each other, as in numpy.
  static func broadcast(_ shapes: [[Int]]) throws(EngineError) -> [Int] {
    let rank = shapes.map(\.count).max() ?? 0
    var result = [Int](repeating: 1, count: rank)
    for shape in shapes {
      for (index, length) in shape.enumerated() {
        let axis = rank - shape.count + index
        if length == 1 || length == result[axis] { continue }
        guard result[axis] == 1 else {
          throw mismatch(
            "shapes \(shapes.map { "\($0)" }.joined(separator: " and ")) can't be broadcast")
        }
        result[axis] = length
      }
    }
    try count(result)
    return result
  }

  /// The strides with which an operand of `shape` is read for each axis of `result`: 0 where it is
  /// repeated.
  static func broadcastStrides(_ shape: [Int], to result: [Int]) -> [Int] {
    let own = strides(shape)
    let lead = result.count - shape.count
    return result.indices.map { axis in
      axis < lead || shape[axis - lead] == 1 ? 0 : own[axis - lead]
    }
  }

  /// The axis counted from the front; negative ones count from the end.
  static func axis(_ axis: Int, rank: Int) throws(EngineError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw mismatch("axis \(axis) is outside of rank \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// The axes counted from the front, in the given order; repeated ones are an error.
  static func axes(_ axes: [Int], rank: Int) throws(EngineError) -> [Int] {
    var result: [Int] = []
    for entry in axes {
      let axis = try axis(entry, rank: rank)
      guard !result.contains(axis) else { throw mismatch("axis \(entry) is given twice") }
      result.append(axis)
    }
    return result
  }

  /// The product of a part of a shape; the shape must have passed ``count(_:)``.
  static func product<S: Sequence<Int>>(_ lengths: S) -> Int { lengths.reduce(1, *) }

  /// The sum, or an error when it overflows.
  static func sum(_ left: Int, _ right: Int) throws(EngineError) -> Int {
    let (value, overflow) = left.addingReportingOverflow(right)
    guard !overflow else { throw mismatch("\(left) + \(right) overflows") }
    return value
  }

  /// The product, or an error when it overflows.
  static func product(_ left: Int, _ right: Int) throws(EngineError) -> Int {
    let (value, overflow) = left.multipliedReportingOverflow(by: right)
    guard !overflow else { throw mismatch("\(left) x \(right) overflows") }
    return value
  }
}
