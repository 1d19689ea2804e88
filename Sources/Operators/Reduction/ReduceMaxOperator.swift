/// ONNX `ReduceMax`: the greatest element; the lowest value of the type for an empty set.
struct ReduceMaxOperator: ReduceOperator {
  let name = "ReduceMax"

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    var result = N.Work.lowest
    for element in elements { result = N.Work.maximum(result, element.work) }
    return N(work: result)
  }
}
