import Tensors

/// ONNX `BitShift`: `X` shifted by `Y` bits to the `direction`; shifting out all bits gives 0.
struct BitShiftOperator: Operator {
  let name = "BitShift"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (left, right) = (try inputs.required(0, "X"), try inputs.required(1, "Y"))
    return [TensorFact(left.type, try Shapes.broadcast(left, right))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (left, right) = (try inputs.required(0, "X"), try inputs.required(1, "Y"))
    let direction = call.string("direction", default: "")
    guard direction == "LEFT" || direction == "RIGHT" else {
      throw Shapes.mismatch("attribute 'direction' is '\(direction)' instead of LEFT or RIGHT")
    }
    guard left.type == right.type else {
      throw Shapes.mismatch("BitShift can't combine types \(left.type) and \(right.type)")
    }
    let shape = try Shapes.broadcast([left.shape, right.shape])
    return [
      try left.type.accept(
        Kernel(left: left, right: right, shape: shape, isLeft: direction == "LEFT"))
    ]
  }

  private struct Kernel: IntegerVisitor {
    let left: Tensor
    let right: Tensor
    let shape: [Int]
    let isLeft: Bool

    func visit<I: TensorInteger & NumberScalar>(_ type: I.Type) -> Tensor {
      BinaryMap.map(left, right, shape: shape, Shift<I>(isLeft: isLeft))
    }
  }

  private struct Shift<I: TensorInteger>: BinaryFunction {
    let isLeft: Bool

    func apply(_ left: I, _ right: I) -> I { isLeft ? left << right : left >> right }
  }
}
