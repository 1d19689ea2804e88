import Tensors

/// ArgMax and ArgMin.
protocol ArgumentOperator: Operator {
  /// Whether an element takes the place of the best so far.
  func isBetter<W: Comparable>(_ candidate: W, than best: W) -> Bool
}

extension ArgumentOperator {
  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    guard let shape = input.shape else { return [TensorFact(.int64, nil)] }
    return [TensorFact(.int64, try resultShape(call, shape))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "data")
    let shape = try resultShape(call, input.shape)
    let axis = try Shapes.axis(call.int("axis", default: 0), rank: input.rank)
    let rows = AxisRows(shape: input.shape, axis: axis)
    guard rows.length > 0 || rows.outer * rows.inner == 0 else {
      throw Shapes.mismatch("\(name) over the empty axis \(axis)")
    }
    let takesLast = call.int("select_last_index", default: 0) != 0
    return [
      try input.type.accept(
        ArgumentKernel(
          function: self, input: input, shape: shape, rows: rows, takesLast: takesLast))
    ]
  }

  private func resultShape(_ call: OperatorCall, _ shape: [Int]) throws(EngineError) -> [Int] {
    let axis = try Shapes.axis(call.int("axis", default: 0), rank: shape.count)
    var result = shape
    if call.int("keepdims", default: 1) != 0 { result[axis] = 1 } else { result.remove(at: axis) }
    return result
  }
}

private struct ArgumentKernel<Function: ArgumentOperator>: NumberVisitor {
  let function: Function
  let input: Tensor
  let shape: [Int]
  let rows: AxisRows
  let takesLast: Bool

  func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
    Tensor.building(shape, of: Int64.self) { target in
      input.withElements(of: N.self) { source in
        var row = 0
        rows.forEachRow { offset in
          var best = 0
          for index in 0..<rows.length {
            let candidate = source[offset + index * rows.inner].work
            let current = source[offset + best * rows.inner].work
            if function.isBetter(candidate, than: current) || (takesLast && candidate == current) {
              best = index
            }
          }
          target[row] = Int64(best)
          row += 1
        }
      }
    }
  }
}
