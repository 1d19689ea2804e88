import Tensors

/// ONNX `CumSum`: the running sum along an axis, which is an input; `exclusive` leaves out the
/// element itself, `reverse` runs from the end.
struct CumSumOperator: Operator {
  let name = "CumSum"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "x")
    _ = try inputs.required(1, "axis")
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "x")
    let given = try inputs.required(1, "axis").integerScalar("axis")
    let axis = try Shapes.axis(given, rank: input.rank)
    let kernel = Kernel(
      input: input, rows: AxisRows(shape: input.shape, axis: axis),
      isExclusive: call.int("exclusive", default: 0) != 0,
      isReverse: call.int("reverse", default: 0) != 0)
    return [try input.type.accept(kernel)]
  }

  private struct Kernel: NumberVisitor {
    let input: Tensor
    let rows: AxisRows
    let isExclusive: Bool
    let isReverse: Bool

    func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
      typealias Sum = N.Work.Accumulator
      return Tensor.building(input.shape, of: N.self) { target in
        input.withElements(of: N.self) { source in
          rows.forEachRow { offset in
            var total = Sum.nought
            for step in 0..<rows.length {
              let index = offset + (isReverse ? rows.length - 1 - step : step) * rows.inner
              let next = Sum.sum(total, source[index].work.widened)
              target[index] = N(work: N.Work.narrowing(isExclusive ? total : next))
              total = next
            }
          }
        }
      }
    }
  }
}
