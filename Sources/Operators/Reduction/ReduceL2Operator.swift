/// ONNX `ReduceL2`: the square root of the sum of squares.
struct ReduceL2Operator: ReduceOperator {
  let name = "ReduceL2"

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    let squares = elements.total { N.Work.Accumulator.product($0, $0) }
    return N(converting: squares.double.squareRoot())
  }
}
