import Tensors

/// ONNX `LogSoftmax`: the logarithm of Softmax.
struct LogSoftmaxOperator: SoftmaxFamilyOperator {
  let name = "LogSoftmax"

  func fillRow<R: RealScalar>(
    _ target: UnsafeMutablePointer<R>, from source: UnsafePointer<R>, length: Int, step: Int
  ) {
    let top = greatest(source, length: length, step: step)
    var total = 0.0
    for index in 0..<length { total += R.Work.exp(source[index * step].work - top).double }
    let logarithm = R.Work(Double.log(total))
    for index in 0..<length {
      target[index * step] = R(work: source[index * step].work - top - logarithm)
    }
  }
}
