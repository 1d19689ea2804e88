import NetworkGraph
import Tensors

/// The shapes of a convolution and how they fit each other.
struct ConvolutionShape {
  let batch: Int
  let groups: Int
  /// Input channels of one group.
  let groupInputs: Int
  /// Output channels of one group.
  let groupOutputs: Int
  let windows: WindowGeometry

  /// The shape of the result.
  var output: [Int] { [batch, groups * groupOutputs] + windows.output }
  /// Products that are summed up for one element of the result.
  var depth: Int { groupInputs * Shapes.product(windows.kernel) }

  /// Checks the shapes of the input and the weight (output channels first) against the attributes.
  init(_ call: OperatorCall, input: [Int], weight: [Int]) throws(EngineError) {
    guard input.count >= 3, weight.count == input.count else {
      throw Shapes.mismatch(
        "an input of shape \(input) does not fit a weight of shape \(weight): "
          + "both need a rank of 3 or more, and the same")
    }
    groups = call.int("group", default: 1)
    guard groups >= 1, weight[0] % groups == 0 else {
      throw Shapes.mismatch("\(weight[0]) output channels can't be split into \(groups) groups")
    }
    guard try Shapes.product(weight[1], groups) == input[1] else {
      throw Shapes.mismatch(
        "the input has \(input[1]) channels, the weight of shape \(weight) takes "
          + "\(weight[1]) in each of \(groups) groups")
    }
    batch = input[0]
    groupInputs = weight[1]
    groupOutputs = weight[0] / groups
    windows = try WindowGeometry(
      call, input: Array(input.dropFirst(2)), kernel: Array(weight.dropFirst(2)))
    try Shapes.count(output)
  }

  /// The number of multiply-adds.
  var multiplyAdds: Int {
    output.reduce(depth) { $0.multiplyingSaturating($1) }
  }
}
