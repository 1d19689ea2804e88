import Tensors

/// ONNX `Softmax`: `exp(x)` divided by its sum over the axis.
struct SoftmaxOperator: SoftmaxFamilyOperator {
  let name = "Softmax"

  func fillRow<R: RealScalar>(
    _ target: UnsafeMutablePointer<R>, from source: UnsafePointer<R>, length: Int, step: Int
  ) {
    let top = greatest(source, length: length, step: step)
    var total = 0.0
    // The powers are kept in the target, unless rounding them to 16 bits would lose precision.
    let keepsPowers = MemoryLayout<R>.size >= 4
    for index in 0..<length {
      let power = R.Work.exp(source[index * step].work - top)
      total += power.double
      if keepsPowers { target[index * step] = R(work: power) }
    }
    let factor = R.Work(1 / total)
    for index in 0..<length {
      let power =
        keepsPowers
        ? target[index * step].work : R.Work.exp(source[index * step].work - top)
      target[index * step] = R(work: power * factor)
    }
  }
}
