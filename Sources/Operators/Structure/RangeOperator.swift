import Tensors

/// ONNX `Range`: the numbers from `start` on in steps of `delta` that lie before `limit`.
struct RangeOperator: Operator {
  let name = "Range"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let start = try inputs.required(0, "start")
    guard let from = start.constant, let limit = try inputs.required(1, "limit").constant,
      let delta = try inputs.required(2, "delta").constant
    else { return [TensorFact(start.type, nil)] }
    return [TensorFact(start.type, [try count(from, limit, delta)])]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (start, limit) = (try inputs.required(0, "start"), try inputs.required(1, "limit"))
    let delta = try inputs.required(2, "delta")
    let count = try count(start, limit, delta)
    return [try start.type.accept(Kernel(start: start, delta: delta, count: count))]
  }

  private func count(
    _ start: Tensor, _ limit: Tensor, _ delta: Tensor
  ) throws(EngineError) -> Int {
    guard start.count == 1, limit.count == 1, delta.count == 1, start.type.isNumber,
      limit.type == start.type, delta.type == start.type
    else { throw Shapes.mismatch("Range needs three numbers of one type") }
    if start.type.isInteger {
      let (first, last, step) = (start.integers[0], limit.integers[0], delta.integers[0])
      let (distance, overflow) = last.subtractingReportingOverflow(first)
      guard step != 0, !overflow else {
        throw Shapes.mismatch("Range from \(first) to \(last) by \(step)")
      }
      guard distance != 0, (distance > 0) == (step > 0) else { return 0 }
      let count = (distance.magnitude - 1) / step.magnitude + 1
      return try Shapes.count([Int(clamping: count)])
    }
    let (first, last, step) = (start.doubles[0], limit.doubles[0], delta.doubles[0])
    let count = ((last - first) / step).rounded(.up)
    guard count.isFinite, count <= Double(Shapes.elementLimit) else {
      throw Shapes.mismatch("Range from \(first) to \(last) by \(step)")
    }
    return Int(max(0, count))
  }

  private struct Kernel: NumberVisitor {
    let start: Tensor
    let delta: Tensor
    let count: Int

    func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
      let first = start.array(of: N.self)[0].work
      let step = delta.array(of: N.self)[0].work
      return Tensor.building([count], of: N.self) { target in
        for index in target.indices {
          let distance = N.Work.product(N.Work.from(Double(index)), step)
          target[index] = N(work: N.Work.sum(first, distance))
        }
      }
    }
  }
}
