import COneDNN
import NetworkGraph

/// A node to be lowered, with what is fused into it.
struct LoweringRequest {
  let node: Node
  let opset: Int
  /// The value to be written: the output of the last fused node.
  var output: String
  /// Transpositions of the operands that the rule reads through.
  var operands = OperandViews()
  /// The order of axes in which the result is written; as it is when nil.
  var resultOrder: [Int]?
  /// Constants that stand in for the convolution's own.
  var folding: ChannelFolding?
  /// A constant vector that is added to the result along its last axis.
  var bias: String?
  /// A computed value of the same shape that is added after that.
  var residual: String?
  /// Functions applied to the result.
  var postOps: [PostOp] = []

  /// The name of an input; empty when omitted.
  func input(_ index: Int) -> String { index < node.inputs.count ? node.inputs[index] : "" }

  /// The functions in the shim's form.
  var cPostOps: [cdnn_post_op] {
    (residual == nil ? [] : [PostOp(function: CDNN_SUM).c]) + postOps.map(\.c)
  }
}
