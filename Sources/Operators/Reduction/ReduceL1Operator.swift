/// ONNX `ReduceL1`: the sum of magnitudes.
struct ReduceL1Operator: ReduceOperator {
  let name = "ReduceL1"

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    N(work: N.Work.narrowing(elements.total { N.Work.Accumulator.absolute($0) }))
  }
}
