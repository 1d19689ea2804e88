import Tensors

/// The shapes of a pooling over all spatial axes.
struct GlobalPoolShape {
  /// Batch times channels.
  let planes: Int
  /// Elements of a plane.
  let planeSize: Int
  /// The shape of the result: the spatial axes have length 1.
  let output: [Int]

  init(_ shape: [Int]) throws(EngineError) {
    guard shape.count >= 2 else {
      throw Shapes.mismatch("the input of shape \(shape) has no channel axis")
    }
    output = Array(shape.prefix(2)) + shape.dropFirst(2).map { _ in 1 }
    try Shapes.count(shape)
    planes = shape[0] * shape[1]
    planeSize = Shapes.product(shape.dropFirst(2))
    guard planeSize > 0 || planes == 0 else {
      throw Shapes.mismatch("the input of shape \(shape) has empty planes")
    }
  }

  /// The fact of the result.
  static func fact(_ inputs: [TensorFact?]) throws(EngineError) -> TensorFact {
    let input: TensorFact = try inputs.required(0, "X")
    guard let shape = input.shape else { return TensorFact(input.type, nil) }
    return TensorFact(input.type, try GlobalPoolShape(shape).output)
  }

  /// Reduces each plane to one value.
  static func run(
    _ inputs: [Tensor?], _ body: (ArraySlice<Double>) -> Double
  ) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let shape = try GlobalPoolShape(input.shape)
    guard input.type.isFloat else {
      throw Shapes.mismatch("elements of type \(input.type) where floats are needed")
    }
    let values = input.doubles
    let result = (0..<shape.planes).map { plane in
      body(values[plane * shape.planeSize..<(plane + 1) * shape.planeSize])
    }
    return [try Tensor.fromRows(result, shape: shape.output, type: input.type)]
  }
}
