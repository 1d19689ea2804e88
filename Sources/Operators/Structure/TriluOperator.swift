import Tensors

/// ONNX `Trilu`: the upper or lower triangle of each matrix, from diagonal `k` on; the rest is 0.
struct TriluOperator: Operator {
  let name = "Trilu"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    if let shape = input.shape, shape.count < 2 {
      throw Shapes.mismatch("Trilu needs matrices, but its input has shape \(shape)")
    }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    _ = try infer(call, [input.fact])
    let diagonal: Int =
      try inputs.optional(1).map { (k: Tensor) throws(EngineError) in
        try k.integerScalar("k")
      } ?? 0
    let (height, width) = (input.shape[input.rank - 2], input.shape[input.rank - 1])
    let kernel = Kernel(
      input: input, height: height, width: width,
      // Beyond the matrix all diagonals are alike.
      diagonal: min(max(diagonal, -height - 1), width + 1),
      isUpper: call.int("upper", default: 1) != 0)
    return [try input.type.accept(kernel)]
  }

  private struct Kernel: ScalarVisitor {
    let input: Tensor
    let height: Int
    let width: Int
    let diagonal: Int
    let isUpper: Bool

    func visit<S: TensorScalar>(_ type: S.Type) -> Tensor {
      let result = Tensor.building(input.shape, of: S.self) { target in
        input.withElements(of: S.self) { source in
          for index in target.indices {
            let (row, column) = ((index / width) % height, index % width)
            let isKept = isUpper ? column >= row + diagonal : column <= row + diagonal
            target[index] = isKept ? source[index] : S.zeroValue
          }
        }
      }
      return result.reinterpreted(as: input.type)
    }
  }
}
