import Execution
import Tensors

/// The gradient of `Gemm`: Y = alpha A' B' + beta C, where A' and B' may be transposed.
struct GemmGradient: GradientRule {
  let operators = ["Gemm"]
  let products = MatrixProducts()

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let a = try step.input(0)
    let b = try step.input(1)
    let node = step.call.node
    let alpha = node.float("alpha") ?? 1
    let beta = node.float("beta") ?? 1
    let (turnsA, turnsB) = (node.int("transA") ?? 0 != 0, node.int("transB") ?? 0 != 0)
    let plain = step.gradient
    let gradient = alpha == 1 ? plain : Elements.map(plain) { $0 * alpha }
    func stack(_ tensor: Tensor) -> Tensor { tensor.reshaped([1] + tensor.shape) }
    var result: [Tensor?] = [nil, nil, nil]
    if step.wants(0) {
      let product =
        turnsA
        ? try products.product(
          stack(b), stack(gradient), transposesLeft: turnsB, transposesRight: true)
        : try products.product(stack(gradient), stack(b), transposesRight: !turnsB)
      result[0] = product.reshaped(a.shape)
    }
    if step.wants(1) {
      let product =
        turnsB
        ? try products.product(
          stack(gradient), stack(a), transposesLeft: true, transposesRight: turnsA)
        : try products.product(stack(a), stack(gradient), transposesLeft: !turnsA)
      result[1] = product.reshaped(b.shape)
    }
    if step.wants(2), let c = step.inputs[2] {
      let sum = Broadcast.reduce(plain, to: c.shape)
      result[2] = beta == 1 ? sum : Elements.map(sum) { $0 * beta }
    }
    return result
  }
}
