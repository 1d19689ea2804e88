/// ONNX `ReduceSumSquare`: the sum of squares.
struct ReduceSumSquareOperator: ReduceOperator {
  let name = "ReduceSumSquare"

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    N(work: N.Work.narrowing(elements.total { N.Work.Accumulator.product($0, $0) }))
  }
}
