import Tensors

/// ONNX `Clip`: limits the elements to `min ... max`.
///
/// The limits are attributes before opset 11 and optional scalar inputs since.
struct ClipOperator: Operator {
  let name = "Clip"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    guard input.type.isNumber else {
      throw Shapes.mismatch("Clip needs numbers, but its input has type \(input.type)")
    }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    var low: Tensor? = inputs.optional(1)
    var high: Tensor? = inputs.optional(2)
    if call.opset < 11 {
      low = try call.node.float("min").map { (value) throws(EngineError) in
        try CastOperator.convert(Tensor(scalar: value), to: input.type)
      }
      high = try call.node.float("max").map { (value) throws(EngineError) in
        try CastOperator.convert(Tensor(scalar: value), to: input.type)
      }
    }
    for limit in [low, high].compactMap({ $0 })
    where limit.count != 1 || limit.type != input.type {
      throw Shapes.mismatch(
        "a limit has type \(limit.type) and shape \(limit.shape) instead of one \(input.type)")
    }
    return [try input.type.accept(Kernel(input: input, low: low, high: high))]
  }

  private struct Kernel: NumberVisitor {
    let input: Tensor
    let low: Tensor?
    let high: Tensor?

    func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
      let least = low?.array(of: N.self).first?.work ?? N.Work.lowest
      let greatest = high?.array(of: N.self).first?.work ?? N.Work.highest
      return UnaryMap.map(input, Limit<N>(least: least, greatest: greatest))
    }
  }

  private struct Limit<N: NumberScalar>: UnaryFunction {
    let least: N.Work
    let greatest: N.Work

    func apply(_ x: N) -> N { N(work: N.Work.minimum(N.Work.maximum(x.work, least), greatest)) }
  }
}
