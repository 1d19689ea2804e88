import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// Makes plans ready to run: which weights change, where the run may start, and where activations are
/// kept for the next one.
final class RunPlanner: Sendable {
  private struct State {
    var numbers = UpstreamNumbers()
    /// Positions at which activations have been asked for: any of them may serve.
    var positions: Set<Int> = []
  }

  private let layers: [CompressibleLayer]
  /// Layer indices by the position of their first node.
  private let order: [Int]
  /// Positions worth keeping whatever layer is edited, ascending.
  let checkpoints: [Int]
  /// Whether this is another network than the original one, whatever its layers' settings.
  private let isVariant: Bool
  private let state = Mutex(State())

  /// - Parameters:
  ///   - layers: The layers in graph order.
  ///   - checkpoints: Positions worth keeping whatever layer is edited.
  ///   - isVariant: Whether this is another network than the original one.
  init(layers: [CompressibleLayer], checkpoints: [Int], isVariant: Bool = false) {
    self.layers = layers
    self.isVariant = isVariant
    self.checkpoints = checkpoints.filter { $0 > 0 }.sorted()
    order = layers.indices.sorted { (layers[$0].first, $0) < (layers[$1].first, $1) }
  }

  /// The original network.
  var untouched: [EffectiveSetting?] { Array(repeating: nil, count: layers.count) }

  /// The position of the first node of a layer; nil when there is no such layer.
  func position(of layer: String?) -> Int? {
    layer.flatMap { name in layers.first { $0.name == name }?.nodes.first }
  }

  /// Makes a plan ready.
  ///
  /// - Parameters:
  ///   - compressed: The plan; nil runs the original network.
  ///   - focus: The layer being edited: its inputs are kept, and activations at ``checkpoints`` in
  ///     front of it. What lies behind it changes with each edit. Nil keeps nothing.
  func run(_ compressed: CompressedPlan?, focus: String?) -> PlanRun {
    let keys = compressed?.keys ?? untouched
    var weights: [String: Tensor] = [:]
    var first: Int? = isVariant ? 0 : nil
    for (index, layer) in layers.enumerated() where keys[index] != nil {
      guard let changed = compressed?.weights[index] else { continue }
      weights[layer.weight] = changed.dequantized
      first = min(first ?? .max, layer.first)
    }
    weights.merge(compressed?.constants ?? [:]) { _, repaired in repaired }
    var capture: [Int] = []
    if let position = position(of: focus) {
      capture = checkpoints.filter { $0 < position } + (position > 0 ? [position] : [])
    }
    let upstream = state.withLock { state in
      state.positions.formUnion(capture)
      let numbers = state.numbers.numbers(of: order.map { keys[$0] })
      return Dictionary(
        uniqueKeysWithValues: state.positions.map { ($0, numbers[layersBefore($0)]) })
    }
    return PlanRun(weights: weights, upstream: upstream, capture: capture, firstChange: first)
  }

  /// How many layers, in order of position, come before a position.
  private func layersBefore(_ position: Int) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if layers[order[middle]].first < position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension CompressibleLayer {
  /// The position of its first node.
  fileprivate var first: Int { nodes.first ?? 0 }
}
