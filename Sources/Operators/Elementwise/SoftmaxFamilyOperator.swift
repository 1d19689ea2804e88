import Tensors

/// Softmax and its kin: each row along an axis is mapped as a whole.
protocol SoftmaxFamilyOperator: Operator {
  /// Fills a row of `length` elements that are `step` apart.
  func fillRow<R: RealScalar>(
    _ target: UnsafeMutablePointer<R>, from source: UnsafePointer<R>, length: Int, step: Int)
}

extension SoftmaxFamilyOperator {
  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    guard input.type.isReal else {
      throw Shapes.mismatch("\(name) needs floats, but its input has type \(input.type)")
    }
    if let shape = input.shape { _ = try AxisRows(softmax: call, shape: shape) }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let rows = try AxisRows(softmax: call, shape: input.shape)
    return [try input.type.accept(SoftmaxKernel(function: self, input: input, rows: rows))]
  }
}

private struct SoftmaxKernel<Function: SoftmaxFamilyOperator>: RealVisitor {
  let function: Function
  let input: Tensor
  let rows: AxisRows

  func visit<R: RealScalar>(_ type: R.Type) -> Tensor {
    Tensor.building(input.shape, of: R.self) { target in
      input.withElements(of: R.self) { source in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        rows.forEachRow { offset in
          function.fillRow(to + offset, from: from + offset, length: rows.length, step: rows.inner)
        }
      }
    }
  }
}

extension SoftmaxFamilyOperator {
  /// The greatest element of a row; NaN if any is.
  @inline(__always)
  func greatest<R: RealScalar>(
    _ row: UnsafePointer<R>, length: Int, step: Int
  ) -> R.Work {
    var result = -R.Work.infinity
    for index in 0..<length { result = R.Work.maximum(result, row[index * step].work) }
    return result
  }
}
