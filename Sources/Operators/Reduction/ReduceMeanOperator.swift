/// ONNX `ReduceMean`: the arithmetic mean; not a number of an empty set.
struct ReduceMeanOperator: ReduceOperator {
  let name = "ReduceMean"

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    typealias A = N.Work.Accumulator
    let count = A.from(Double(elements.count))
    return N(work: N.Work.narrowing(A.quotient(elements.total { $0 }, count)))
  }
}
