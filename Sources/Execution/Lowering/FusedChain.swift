import NetworkGraph

/// Nodes that run as one: a first one, and functions applied to its result that nobody else reads.
struct FusedChain {
  /// The nodes in order; at least one.
  let nodes: [Int]
  /// The node that the primitive is made of.
  let anchor: Node
  /// The value that the last node writes.
  let output: String
  /// A constant vector added to the anchor's result.
  var bias: String?
  /// Functions applied after it.
  var postOps: [PostOp] = []

  /// Where the chain runs: at its last node, when all its inputs are there.
  var position: Int { nodes.max() ?? 0 }
}
