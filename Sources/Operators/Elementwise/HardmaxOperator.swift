import Tensors

/// ONNX `Hardmax`: 1 at the first greatest element along the axis, 0 elsewhere.
struct HardmaxOperator: SoftmaxFamilyOperator {
  let name = "Hardmax"

  func fillRow<R: RealScalar>(
    _ target: UnsafeMutablePointer<R>, from source: UnsafePointer<R>, length: Int, step: Int
  ) {
    var best = 0
    for index in 0..<length {
      if source[index * step].work > source[best * step].work { best = index }
      target[index * step] = R(work: 0)
    }
    target[best * step] = R(work: 1)
  }
}
