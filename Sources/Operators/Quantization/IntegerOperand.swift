import Tensors

/// Quantized operands as integers with their zero points taken off.
enum IntegerOperand {
  /// The codes less one zero point for all, or one per index of `axis`.
  ///
  /// A zero point of the operand's rank with lengths of 1 is broadcast instead.
  static func centred(
    _ tensor: Tensor, zeroPoint: Tensor?, axis: Int, _ name: String
  ) throws(EngineError) -> [Int64] {
    guard tensor.type == .int8 || tensor.type == .uint8 else {
      throw Shapes.mismatch("the input '\(name)' has type \(tensor.type) instead of 8-bit integers")
    }
    var values = tensor.integers.map { Int64($0) }
    guard let zeroPoint else { return values }
    guard zeroPoint.type == tensor.type else {
      throw Shapes.mismatch(
        "the zero point of '\(name)' is of type \(zeroPoint.type) instead of \(tensor.type)")
    }
    let points = zeroPoint.integers
    let map = try ParameterMap(zeroPoint.shape, tensor.shape, axis: axis, name)
    for index in values.indices { values[index] -= Int64(points[map.index(of: index)]) }
    return values
  }
}

/// Which element of a parameter (scale or zero point) belongs to each element of an operand.
struct ParameterMap {
  private let shape: [Int]
  private let strides: [Int]
  private let own: [Int]

  /// A parameter of one element, of one per index of `axis`, or broadcast to the operand.
  init(_ parameter: [Int], _ shape: [Int], axis: Int, _ name: String) throws(EngineError) {
    self.shape = shape
    own = Shapes.strides(shape)
    let count = try Shapes.count(parameter)
    if count == 1 {
      strides = shape.map { _ in 0 }
    } else if parameter.count == 1, shape.indices.contains(axis), parameter[0] == shape[axis] {
      strides = shape.indices.map { $0 == axis ? 1 : 0 }
    } else if parameter.count <= shape.count, try Shapes.broadcast([parameter, shape]) == shape {
      strides = Shapes.broadcastStrides(parameter, to: shape)
    } else {
      throw Shapes.mismatch(
        "a scale or zero point of shape \(parameter) does not fit '\(name)' of shape \(shape)")
    }
  }

  /// The number of the parameter of an element.
  func index(of element: Int) -> Int {
    var result = 0
    for axis in shape.indices where strides[axis] != 0 {
      result += element / own[axis] % shape[axis] * strides[axis]
    }
    return result
  }
}
