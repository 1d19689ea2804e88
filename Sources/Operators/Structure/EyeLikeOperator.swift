import Tensors

/// ONNX `EyeLike`: a matrix of the input's shape with ones on the diagonal number `k`.
struct EyeLikeOperator: Operator {
  let name = "EyeLike"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    var type = input.type
    if let code = call.node.int("dtype") {
      guard let given = ElementType(typeCode: code) else {
        throw Shapes.unsupported("element type number \(code)")
      }
      type = given
    }
    if let shape = input.shape, shape.count != 2 {
      throw Shapes.mismatch("EyeLike needs a matrix, but its input has shape \(shape)")
    }
    return [TensorFact(type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let type = try infer(call, [input.fact])[0].type
    let (height, width) = (input.shape[0], input.shape[1])
    let diagonal = call.int("k", default: 0)
    let ones = Tensor.building(input.shape, of: UInt8.self) { target in
      target.initialize(repeating: 0)
      // A diagonal outside of the matrix leaves it empty.
      guard diagonal > -height, diagonal < width else { return }
      for row in 0..<height where (0..<width).contains(row + diagonal) {
        target[row * width + row + diagonal] = 1
      }
    }
    return [try CastOperator.convert(ones, to: type)]
  }
}
