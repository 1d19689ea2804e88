import Execution
import Tensors

/// The gradient of `MatMul`: dA = dY B^T, dB = A^T dY, with the leading axes broadcast.
struct MatMulGradient: GradientRule {
  let operators = ["MatMul"]
  let products = MatrixProducts()

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let a = try step.input(0)
    let b = try step.input(1)
    // A vector is a matrix of one row, or of one column.
    let shapeA = a.rank == 1 ? [1] + a.shape : a.shape
    let shapeB = b.rank == 1 ? b.shape + [1] : b.shape
    let (m, k, n) = (shapeA[shapeA.count - 2], shapeA[shapeA.count - 1], shapeB[shapeB.count - 1])
    let rank = max(shapeA.count, shapeB.count) - 2
    func leading(_ shape: [Int]) -> [Int] {
      [Int](repeating: 1, count: rank - (shape.count - 2)) + shape.dropLast(2)
    }
    let batch = zip(leading(shapeA), leading(shapeB)).map { max($0, $1) }
    let gradient = step.gradient.reshaped(batch + [m, n])
    let count = batch.reduce(1, *)
    // One weight for all samples: their rows are the rows of one product.
    if shapeB.count == 2 {
      let rows = count * m
      let tall = gradient.reshaped([1, rows, n])
      return [
        step.wants(0)
          ? try products.product(tall, b.reshaped([1, k, n]), transposesRight: true)
            .reshaped(a.shape) : nil,
        step.wants(1)
          ? try products.product(a.reshaped([1, rows, k]), tall, transposesLeft: true)
            .reshaped(b.shape) : nil,
      ]
    }
    let wideA = Broadcast.expand(a.reshaped(leading(shapeA) + [m, k]), to: batch + [m, k])
      .reshaped([count, m, k])
    let wideB = Broadcast.expand(b.reshaped(leading(shapeB) + [k, n]), to: batch + [k, n])
      .reshaped([count, k, n])
    let flat = gradient.reshaped([count, m, n])
    func narrow(_ product: Tensor, _ matrix: [Int], _ own: [Int], _ shape: [Int]) -> Tensor {
      Broadcast.reduce(product.reshaped(batch + matrix), to: own + matrix).reshaped(shape)
    }
    return [
      step.wants(0)
        ? narrow(
          try products.product(flat, wideB, transposesRight: true), [m, k], leading(shapeA), a.shape
        )
        : nil,
      step.wants(1)
        ? narrow(
          try products.product(wideA, flat, transposesLeft: true), [k, n], leading(shapeB), b.shape)
        : nil,
    ]
  }
}
