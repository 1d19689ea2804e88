import ModelCompression
import Tensors

/// One plan made ready to run: the weights it changes, and where its activations may be shared.
struct PlanRun: Sendable {
  /// Weights by graph value, for the layers that the plan changes.
  let weights: [String: Tensor]
  /// Identifies the settings of all layers before a node, for each node position of interest: equal
  /// numbers mean that activations there are equal.
  let upstream: [Int: Int]
  /// Positions to capture while running, ascending.
  let capture: [Int]
  /// The position of the first node whose weight the plan changes, 0 in another network than the
  /// original; nil when the original network is run as it is.
  let firstChange: Int?
  /// The positions of ``upstream``, deepest first: where a run may start.
  let positions: [Int]

  init(weights: [String: Tensor], upstream: [Int: Int], capture: [Int], firstChange: Int?) {
    self.weights = weights
    self.upstream = upstream
    self.capture = capture
    self.firstChange = firstChange
    positions = upstream.keys.sorted(by: >)
  }
}
