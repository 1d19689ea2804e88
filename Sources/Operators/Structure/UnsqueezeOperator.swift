import Tensors

/// ONNX `Unsqueeze`: inserts axes of length 1 at the given places of the result.
///
/// The axes are an attribute before opset 13 and an input since.
struct UnsqueezeOperator: Operator {
  let name = "Unsqueeze"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    var axes = call.node.ints("axes") ?? []
    if call.opset >= 13 {
      let given = try inputs.required(1, "axes")
      guard let known = given.integers else { return [TensorFact(input.type, nil)] }
      axes = known
    }
    guard let shape = input.shape else { return [TensorFact(input.type, nil)] }
    let inserted = try Shapes.axes(axes, rank: shape.count + axes.count)
    var rest = shape.makeIterator()
    let result = (0..<(shape.count + axes.count)).map { axis in
      inserted.contains(axis) ? 1 : rest.next() ?? 1
    }
    return [TensorFact(input.type, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    [try inputs.required(0, "data").reshaped(try outputShapes(call, inputs)[0])]
  }
}
