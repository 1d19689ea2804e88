import Execution
import Tensors

/// The gradient of `Conv`, grouped and depthwise too: of the input, the weights and the bias.
struct ConvGradient: GradientRule {
  let operators = ["Conv"]
  let backward = ConvolutionBackward()

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let x = try step.input(0)
    let w = try step.input(1)
    let gradient = step.gradient
    let node = step.call.node
    return [
      step.wants(0)
        ? try backward.sourceGradient(node, gradient: gradient, weight: w, shape: x.shape) : nil,
      step.wants(1)
        ? try backward.weightGradient(node, gradient: gradient, source: x, shape: w.shape) : nil,
      step.wants(2) ? ChannelSums.ofChannels(gradient) : nil,
    ]
  }
}
