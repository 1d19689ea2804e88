import Execution
import NetworkGraph
import Operators
import Tensors

/// The gradient of `ConvTranspose`: it is the gradient of a convolution itself, so that its input's
/// gradient is that convolution of dL/dY, and its weights' that of the same convolution's weights with
/// the input in the place of the result.
struct ConvTransposeGradient: GradientRule {
  let operators = ["ConvTranspose"]
  let backward = ConvolutionBackward()

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let x = try step.input(0)
    let w = try step.input(1)
    let gradient = step.gradient
    // The weights lie as (I, O / groups, kernel axes): those of a convolution from O to I channels.
    var node = step.call.node
    node.op = "Conv"
    for name in ["output_padding", "output_shape"] { node.attributes[name] = nil }
    guard node.string("auto_pad") ?? "NOTSET" == "NOTSET",
      step.call.node.ints("output_shape") == nil
    else {
      throw EngineError(
        .unsupported, problem: "ConvTranspose with auto_pad or output_shape has no gradient here",
        remedy: "Export the model with explicit pads, or freeze this layer")
    }
    return [
      step.wants(0) ? try convolved(gradient, w, node, step.call.opset, shape: x.shape) : nil,
      step.wants(1)
        ? try backward.weightGradient(node, gradient: x, source: gradient, shape: w.shape) : nil,
      step.wants(2) ? ChannelSums.ofChannels(gradient) : nil,
    ]
  }

  /// The convolution, cut to the input's shape: with output padding it may reach one window further.
  private func convolved(
    _ gradient: Tensor, _ weight: Tensor, _ node: Node, _ opset: Int, shape: [Int]
  ) throws(EngineError) -> Tensor? {
    guard let entry = OperatorRegistry.standard[node] else { return nil }
    let result = try entry.run(OperatorCall(node: node, opset: opset), [gradient, weight])[0]
    guard result.shape != shape else { return result }
    let axes = shape.indices.filter { shape[$0] != result.shape[$0] }
    let cut = Node(op: "Slice", inputs: ["x", "s", "e", "a"], outputs: ["y"])
    return try OperatorRegistry.standard[cut]?.run(
      OperatorCall(node: cut, opset: 13),
      [
        result, Tensor([axes.count], axes.map { _ in Int64(0) }),
        Tensor([axes.count], axes.map { Int64(shape[$0]) }),
        Tensor([axes.count], axes.map { Int64($0) }),
      ]
    ).first
  }
}
