import Tensors

/// ONNX `Mean`: the mean of the operands, element by element.
struct MeanOperator: VariadicOperator {
  let name = "Mean"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W { W.sum(left, right) }

  func finish(_ combined: Tensor, count: Int) throws(EngineError) -> Tensor {
    try combined.type.accept(Quotient(sum: combined, count: count))
  }

  private struct Quotient: RealVisitor {
    let sum: Tensor
    let count: Int

    func visit<R: RealScalar>(_ type: R.Type) -> Tensor {
      let divisor = R.Work(count)
      return UnaryMap.map(sum) { (x: R) in R(work: x.work / divisor) }
    }
  }
}
