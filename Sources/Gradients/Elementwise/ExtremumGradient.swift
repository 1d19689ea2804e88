import Tensors

/// The gradient of `Max` and `Min` of any number of inputs: it goes to the inputs that are the result,
/// in equal parts among equals, as in PyTorch.
struct ExtremumGradient: GradientRule {
  let operators = ["Max", "Min"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let gradient = step.gradient
    guard let result = step.outputs.first ?? nil else { return [] }
    var inputs: [Tensor] = []
    for index in step.inputs.indices { inputs.append(try step.input(index)) }
    let wide = inputs.map { Broadcast.expand($0, to: gradient.shape) }
    var winners = Tensor.filled(gradient.shape, with: Float(0))
    for input in wide {
      winners = Elements.map(winners, input, result) { $0 + ($1 == $2 ? 1 : 0) }
    }
    let share = Elements.map(gradient, winners) { $1 > 0 ? $0 / $1 : 0 }
    return inputs.indices.map { index in
      guard step.wants(index) else { return nil }
      let part = Elements.map(share, wide[index], result) { $1 == $2 ? $0 : 0 }
      return Broadcast.reduce(part, to: inputs[index].shape)
    }
  }
}
