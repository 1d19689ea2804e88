import NetworkGraph
import Tensors

/// The shapes of a transposed convolution and how they fit each other.
struct TransposedConvolutionShape {
  let batch: Int
  let groups: Int
  /// Input channels of one group.
  let groupInputs: Int
  /// Output channels of one group.
  let groupOutputs: Int
  let input: [Int]
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// What is cut off before the first element of each axis.
  let before: [Int]
  /// Lengths of the spatial axes of the result.
  let spatialOutput: [Int]

  /// The shape of the result.
  var output: [Int] { [batch, groups * groupOutputs] + spatialOutput }

  /// Checks the shapes of the input and the weight (input channels first) against the attributes.
  init(_ call: OperatorCall, input shape: [Int], weight: [Int]) throws(EngineError) {
    guard shape.count >= 3, weight.count == shape.count else {
      throw Shapes.mismatch(
        "an input of shape \(shape) does not fit a weight of shape \(weight): "
          + "both need a rank of 3 or more, and the same")
    }
    groups = call.int("group", default: 1)
    guard groups >= 1, weight[0] == shape[1], shape[1] % groups == 0 else {
      throw Shapes.mismatch(
        "the input has \(shape[1]) channels, the weight of shape \(weight) takes \(weight[0]) "
          + "in \(groups) groups")
    }
    batch = shape[0]
    groupInputs = shape[1] / groups
    groupOutputs = weight[1]
    _ = try Shapes.product(groupOutputs, groups)
    let rank = shape.count - 2
    let input = Array(shape.dropFirst(2))
    let attributes = try WindowAttributes(call, rank: rank, kernel: Array(weight.dropFirst(2)))
    let extra = try WindowAttributes.checked(
      call.node.ints("output_padding") ?? Array(repeating: 0, count: rank), "output_padding",
      count: rank, least: 0)
    // Some exporters write the whole shape, with batch and channels.
    let wanted = try call.node.ints("output_shape").map { given throws(EngineError) in
      try WindowAttributes.checked(
        given.count == rank + 2 ? Array(given.dropFirst(2)) : given, "output_shape", count: rank,
        least: 1)
    }
    (self.input, kernel, strides) = (input, attributes.kernel, attributes.strides)
    dilations = attributes.dilations
    var before: [Int] = []
    var output: [Int] = []
    for axis in 0..<rank {
      guard input[axis] >= 1, input[axis] <= Shapes.elementLimit else {
        throw Shapes.mismatch("the spatial shape \(input) is out of range")
      }
      let step = attributes.strides[axis]
      let full =
        try Shapes.product(step, input[axis] - 1) + extra[axis]
        + (attributes.kernel[axis] - 1) * attributes.dilations[axis] + 1
      let target: Int? =
        switch attributes.autoPad {
        case _ where wanted != nil: wanted?[axis]
        case .sameUpper, .sameLower: try Shapes.product(input[axis], step)
        default: nil
        }
      if let target {
        let total = max(full - target, 0)
        before.append(attributes.autoPad == .sameUpper ? total / 2 : total - total / 2)
        output.append(target)
      } else {
        before.append(attributes.pads[axis])
        output.append(full - attributes.pads[axis] - attributes.pads[axis + rank])
      }
      guard output[axis] >= 1 else {
        throw Shapes.mismatch("the padding leaves nothing of axis \(axis + 2)")
      }
    }
    self.before = before
    spatialOutput = output
    try Shapes.count(self.output)
  }
}
