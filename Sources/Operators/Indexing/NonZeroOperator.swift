import Tensors

/// ONNX `NonZero`: the positions of the elements that are not zero, one row per axis.
struct NonZeroOperator: Operator {
  let name = "NonZero"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    _ = try inputs.required(0, "X")
    return [TensorFact(.int64, nil)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "X")
    let flags = try CastOperator.convert(input, to: .bool).array(of: Bool.self)
    let offsets = flags.indices.filter { flags[$0] }
    let strides = Shapes.strides(input.shape)
    let positions = input.shape.indices.flatMap { axis in
      offsets.map { Int64($0 / strides[axis] % input.shape[axis]) }
    }
    return [Tensor([input.rank, offsets.count], positions)]
  }
}
