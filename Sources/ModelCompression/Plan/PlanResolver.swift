import NetworkGraph
import Synchronization
import Tensors

/// Resolves plans for the layers of one model, and remembers which of them each expression means: a
/// plan is resolved at every key.
public final class PlanResolver: Sendable {
  private let layers: [CompressibleLayer]
  private let indices: [String: Int]
  private let matches = Mutex<[PlanSelector: [Bool]]>([:])

  /// A resolver for `layers`, whose names differ.
  public init(layers: [CompressibleLayer]) {
    self.layers = layers
    indices = Dictionary(
      layers.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  /// What the plan does to each layer.
  ///
  /// - Throws: As ``CompressionPlan/resolved(for:)``.
  public func resolve(_ plan: CompressionPlan) throws(EngineError) -> PlanResolution {
    try plan.resolved(for: layers, indices: indices) { selector throws(EngineError) in
      if let known = matches.withLock({ $0[selector] }) { return known }
      let found = layers.map(try selector.matcher())
      matches.withLock { $0[selector] = found }
      return found
    }
  }
}
