import NetworkGraph
import Tensors

/// Applies the settings of a plan to all layers of a model.
///
/// What layers decide together, the shares of global pruning, is worked out first; after that each
/// layer's result depends on its ``EffectiveSetting`` only and can be remembered by it.
public struct PlanCompressor: Sendable {
  /// The layers in graph order.
  public let layers: [CompressibleLayer]
  /// The original weights of each layer, float32.
  public let weights: [Tensor]

  /// Makes a compressor for these layers and their weights.
  ///
  /// - Throws: ``EngineError`` with code `shapeMismatch` when they do not belong together.
  public init(layers: [CompressibleLayer], weights: [Tensor]) throws(EngineError) {
    guard layers.count == weights.count else {
      throw EngineError(
        .shapeMismatch, problem: "\(layers.count) layers with \(weights.count) weights",
        remedy: "Give one weight for each layer")
    }
    for (layer, tensor) in zip(layers, weights) { try LayerCompressor.check(layer, tensor) }
    self.layers = layers
    self.weights = weights
  }

  /// Makes a compressor for the compressible layers of a graph.
  public init(graph: NetworkGraph) throws(EngineError) {
    let layers = graph.compressibleLayers()
    let producers = graph.producers()
    var weights: [Tensor] = []
    for layer in layers {
      guard let tensor = graph.constant(layer.weight, producers: producers) else {
        throw EngineError(
          .malformedFile, subject: "layer '\(layer.name)'", problem: "has no constant weight")
      }
      weights.append(tensor)
    }
    try self.init(layers: layers, weights: weights)
  }

  /// What each layer's result depends on, in layer order.
  ///
  /// Layers with equal global pruning share one ranking: their scores are pooled and the lowest go;
  /// of equal scores, those of the earlier layer go first.
  ///
  /// - Throws: ``EngineError`` with code `notFinite` when scores of a ranking are not finite.
  /// - Complexity: O(weights with global pruning).
  public func effectiveSettings(
    _ settings: [LayerSetting]
  ) throws(EngineError) -> [EffectiveSetting] {
    precondition(settings.count == layers.count, "one setting for each layer")
    var result = settings.map { EffectiveSetting($0) }
    var pools: [(prune: PruneSetting, members: [Int])] = []
    for (index, setting) in settings.enumerated() {
      guard let prune = setting.prune, prune.scope == .global else { continue }
      if let pool = pools.firstIndex(where: { $0.prune == prune }) {
        pools[pool].members.append(index)
      } else {
        pools.append((prune, [index]))
      }
    }
    for pool in pools {
      var scores: [[Float]] = []
      for index in pool.members {
        let values = weights[index].array(of: Float.self)
        try LayerCompressor.checkFinite(values, of: layers[index])
        scores.append(try Self.scores(values, pool.prune, layer: layers[index]))
      }
      let counts = Self.prunedCounts(pool.prune, pooling: scores)
      for (index, count) in zip(pool.members, counts) { result[index].prunedCount = count }
    }
    return result
  }

  /// One layer's result.
  ///
  /// - Throws: As ``LayerCompressor/compress(layer:weights:setting:prunedCount:)``.
  public func compress(
    _ index: Int, _ effective: EffectiveSetting
  ) throws(EngineError) -> CompressedWeights {
    try LayerCompressor.compress(
      layer: layers[index], weights: weights[index], setting: effective.setting,
      prunedCount: effective.prunedCount)
  }

  /// The results of all layers, in order.
  public func compress(
    _ settings: [LayerSetting]
  ) throws(EngineError) -> [CompressedWeights] {
    var result: [CompressedWeights] = []
    for (index, effective) in try effectiveSettings(settings).enumerated() {
      result.append(try compress(index, effective))
    }
    return result
  }

  /// The scores of finite weights under the setting's criterion.
  static func scores(
    _ values: [Float], _ prune: PruneSetting, layer: CompressibleLayer
  ) throws(EngineError) -> [Float] {
    guard (0...1).contains(prune.amount) else {
      throw EngineError(
        .invalidPlan, subject: "layer '\(layer.name)'",
        problem: "amount \(prune.amount) is not between 0 and 1", remedy: "70 % is written 0.7")
    }
    guard let criterion = CriterionRegistry.standard[prune.criterion] else {
      throw EngineError(
        .invalidPlan, subject: "layer '\(layer.name)'",
        problem: "criterion '\(prune.criterion)' is not supported by this version",
        remedy: "Supported: \(CriterionRegistry.standard.names.joined(separator: ", "))")
    }
    return criterion.scores(of: values)
  }

  static func prunedCounts(_ prune: PruneSetting, pooling lists: [[Float]]) -> [Int] {
    switch prune.measure {
    case .amount: PruneMask.prunedCounts(amount: prune.amount, pooling: lists)
    case .percentile: PruneMask.prunedCounts(belowQuantile: prune.amount, pooling: lists)
    }
  }
}
