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
    let node = Self.convolution(step.call.node, x.shape, w.shape, gradient.shape)
    return [
      step.wants(0) ? try convolved(gradient, w, node, step.call.opset, shape: x.shape) : nil,
      step.wants(1)
        ? try backward.weightGradient(node, gradient: x, source: gradient, shape: w.shape) : nil,
      step.wants(2) ? ChannelSums.ofChannels(gradient) : nil,
    ]
  }

  /// The convolution that takes the result's shape to the input's: with pads that are told, not found.
  private static func convolution(
    _ node: Node, _ input: [Int], _ weight: [Int], _ result: [Int]
  ) -> Node {
    var own = node
    own.op = "Conv"
    let isFound =
      node.string("auto_pad") ?? "NOTSET" != "NOTSET" || node.ints("output_shape") != nil
    for name in ["auto_pad", "output_padding", "output_shape"] { own.attributes[name] = nil }
    guard isFound else { return own }
    let rank = input.count - 2
    func each(_ name: String, _ usual: Int) -> [Int] {
      node.ints(name) ?? Array(repeating: usual, count: rank)
    }
    let (strides, dilations, extra) = (
      each("strides", 1), each("dilations", 1), each("output_padding", 0)
    )
    var (begins, ends): ([Int], [Int]) = ([], [])
    for axis in 0..<rank {
      let full =
        strides[axis] * (input[axis + 2] - 1) + dilations[axis] * (weight[axis + 2] - 1) + 1
      let total = max(full + extra[axis] - result[axis + 2], 0)
      let begin = node.string("auto_pad") == "SAME_UPPER" ? total / 2 : total - total / 2
      begins.append(begin)
      ends.append(max(full - result[axis + 2] - begin, 0))
    }
    own.attributes["pads"] = .ints(begins + ends)
    return own
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
