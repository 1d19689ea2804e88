/// ONNX `ReduceLogSumExp`: the logarithm of the sum of exponentials.
struct ReduceLogSumExpOperator: ReduceOperator {
  let name = "ReduceLogSumExp"

  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N {
    // Relative to the greatest, so that the exponentials can't overflow.
    var top = -Double.infinity
    for element in elements { top = Double.maximum(top, element.work.double) }
    guard top.isFinite else { return N(converting: top) }
    var total = 0.0
    for element in elements { total += Double.exp(element.work.double - top) }
    return N(converting: top + Double.log(total))
  }
}
