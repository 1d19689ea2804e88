/// ONNX `ReduceSum`: the sum; 0 of an empty set.
struct ReduceSumOperator: ReduceOperator {
  let name = "ReduceSum"
  let axesInputOpset = 13

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    N(work: N.Work.narrowing(elements.total { $0 }))
  }
}
