import NetworkGraph

/// Nodes that run as one: a first one, and functions applied to its result that nobody else reads.
struct FusedChain {
  /// The nodes in order; at least one.
  var nodes: [Int]
  /// The node that the primitive is made of.
  let anchor: Node
  /// The value that the last node writes.
  var output: String
  /// Constants that stand in for the convolution's own.
  var folding: ChannelFolding?
  /// A constant vector added to the anchor's result.
  var bias: String?
  /// A computed value of the same shape added after that, and the node that adds it.
  var residual: (name: String, node: Int)?
  /// Functions applied after it.
  var postOps: [PostOp] = []
  /// Shorter chains to try when no primitive does it all, longest first.
  var shorter: [FusedChain] = []

  /// Where the chain runs: at its last node, when all its inputs are there.
  var position: Int { nodes.max() ?? 0 }

  /// Starts at a node.
  init(nodes: [Int], anchor: Node, output: String) {
    self.nodes = nodes
    self.anchor = anchor
    self.output = output
  }

  /// The same with another node behind; the present chain becomes one to fall back to.
  mutating func append(_ more: [Int], output: String) {
    var present = self
    present.shorter = []
    shorter.insert(present, at: 0)
    nodes = (nodes + more).sorted()
    self.output = output
  }
}
