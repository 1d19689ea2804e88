/// ONNX `ReduceMin`: the least element; the highest value of the type for an empty set.
struct ReduceMinOperator: ReduceOperator {
  let name = "ReduceMin"

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    var result = N.Work.highest
    for element in elements { result = N.Work.minimum(result, element.work) }
    return N(work: result)
  }
}
