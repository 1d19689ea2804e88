/// ONNX `ReduceProd`: the product; 1 of an empty set.
struct ReduceProdOperator: ReduceOperator {
  let name = "ReduceProd"

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    typealias A = N.Work.Accumulator
    var result = A.unit
    for element in elements { result = A.product(result, element.work.widened) }
    return N(work: N.Work.narrowing(result))
  }
}
