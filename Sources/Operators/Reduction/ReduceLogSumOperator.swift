/// ONNX `ReduceLogSum`: the logarithm of the sum.
struct ReduceLogSumOperator: ReduceOperator {
  let name = "ReduceLogSum"

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    N(converting: Double.log(elements.total { $0 }.double))
  }
}
