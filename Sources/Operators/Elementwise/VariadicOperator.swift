import Tensors

/// An operator that combines any number of operands of one type, from the first on.
protocol VariadicOperator: NumberBinaryOperator {
  /// The last step on the combination of `count` operands.
  func finish(_ combined: Tensor, count: Int) throws(EngineError) -> Tensor
}

extension VariadicOperator {
  func finish(_ combined: Tensor, count: Int) throws(EngineError) -> Tensor { combined }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let first = try inputs.required(0, "data_0")
    var shapes: [[Int]] = []
    var isKnown = true
    for index in inputs.indices {
      let input = try inputs.required(index, "data_\(index)")
      guard input.type == first.type, input.type.isNumber else {
        throw Shapes.mismatch("\(name) can't combine types \(first.type) and \(input.type)")
      }
      if let shape = input.shape { shapes.append(shape) } else { isKnown = false }
    }
    return [TensorFact(first.type, isKnown ? try Shapes.broadcast(shapes) : nil)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    var result = try inputs.required(0, "data_0")
    for index in inputs.indices.dropFirst() {
      result = try combine(result, try inputs.required(index, "data_\(index)"))
    }
    return [try finish(result, count: inputs.count)]
  }
}
