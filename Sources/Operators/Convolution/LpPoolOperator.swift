import Foundation
import NetworkGraph
import Tensors

/// ONNX `LpPool`: the p-norm of each window.
struct LpPoolOperator: Operator {
  let name = "LpPool"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    [try PoolShape.fact(call, inputs)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let shape = try PoolShape(call, input.shape)
    guard input.type.isFloat else {
      throw Shapes.mismatch("elements of type \(input.type) where floats are needed")
    }
    let norm = try PowerNorm(call)
    let result = shape.reduce(input.doubles) { plane, offsets, _ in
      norm.of(offsets.map { plane[$0] })
    }
    return [try Tensor.fromRows(result, shape: shape.output, type: input.type)]
  }
}

/// The p-norm of some values.
struct PowerNorm {
  private let power: Double

  /// Reads the attribute `p`.
  init(_ call: OperatorCall) throws(EngineError) {
    let power = call.int("p", default: 2)
    guard power >= 1 else { throw Shapes.mismatch("p is \(power); it must be 1 or more") }
    self.power = Double(power)
  }

  /// The norm.
  func of<S: Sequence<Double>>(_ values: S) -> Double {
    switch power {
    case 1: values.reduce(0) { $0 + $1.magnitude }
    case 2: values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    default: pow(values.reduce(0) { $0 + pow($1.magnitude, power) }, 1 / power)
    }
  }
}
