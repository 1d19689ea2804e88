import NetworkGraph
import Tensors

/// One application of an operator: its node, the operator-set version it is to be understood in, and
/// a way to run its subgraphs.
public struct OperatorCall: Sendable {
  /// Runs a subgraph of the node with the given values for its declared inputs, in order; values
  /// captured from outside are found by the executor.
  ///
  /// Returns the declared outputs, in order.
  public typealias SubgraphRunner =
    @Sendable (_ graph: NetworkGraph, _ inputs: [Tensor]) throws(EngineError) -> [Tensor]

  /// The node.
  public let node: Node
  /// The version of the node's domain that the model imports.
  public let opset: Int
  /// Runs subgraphs; nil during shape inference.
  public let runSubgraph: SubgraphRunner?

  /// Makes a call.
  public init(node: Node, opset: Int, runSubgraph: SubgraphRunner? = nil) {
    self.node = node
    self.opset = opset
    self.runSubgraph = runSubgraph
  }
}
