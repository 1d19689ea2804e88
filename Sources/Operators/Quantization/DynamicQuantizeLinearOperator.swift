import NetworkGraph
import Tensors

/// ONNX `DynamicQuantizeLinear`: asymmetric `uint8` codes for the range that the data has.
struct DynamicQuantizeLinearOperator: Operator {
  let name = "DynamicQuantizeLinear"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "x")
    return [TensorFact(.uint8, input.shape), TensorFact(.float32, []), TensorFact(.uint8, [])]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "x")
    let values = input.floats
    guard input.type == .float32, values.allSatisfy(\.isFinite) else {
      throw EngineError(
        .notFinite, problem: "the input is not float32, or has NaN or infinite elements",
        remedy: "Check the data and the layers before this node")
    }
    // The range is widened to hold 0, which then has an exact code.
    let low = values.reduce(0) { min($0, $1) }
    let high = values.reduce(0) { max($0, $1) }
    // The range may be empty, or so small that the quotient is 0.
    let step = (high - low) / 255
    let scale = step > 0 ? step : 1
    let zeroPoint = Int(min(max((-low / scale).rounded(.toNearestOrEven), 0), 255))
    let codes = try QuantizedCoding(.uint8).encode(
      shape: input.shape, quotients: values.map { $0 / scale }
    ) { _ in zeroPoint }
    return [codes, Tensor(scalar: scale), Tensor(scalar: UInt8(zeroPoint))]
  }
}
