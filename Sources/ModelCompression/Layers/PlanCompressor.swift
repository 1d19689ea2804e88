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
  /// The same weights with what is known of them; shared by all copies of the compressor.
  public let prepared: [PreparedWeights]
  /// Resolves plans for the layers.
  public let resolver: PlanResolver
  /// What is known of the layers' inputs and outputs.
  public private(set) var calibration: any CalibrationSource = NoCalibration()
  /// What took long to count, for when it is wanted in full; shared by all copies of the compressor.
  private var slow = SlowResults()

  /// Makes a compressor for these layers and their weights.
  ///
  /// - Parameters:
  ///   - layers: The layers in graph order.
  ///   - weights: The weight of each layer.
  ///   - batchNormScales: gamma of the batch normalization behind a layer, by the layer's name.
  /// - Throws: ``EngineError`` with code `shapeMismatch` when they do not belong together.
  public init(
    layers: [CompressibleLayer], weights: [Tensor], batchNormScales: [String: [Float]] = [:]
  ) throws(EngineError) {
    guard layers.count == weights.count else {
      throw EngineError(
        .shapeMismatch, problem: "\(layers.count) layers with \(weights.count) weights",
        remedy: "Give one weight for each layer")
    }
    for (layer, tensor) in zip(layers, weights) { try LayerCompressor.check(layer, tensor) }
    self.layers = layers
    self.weights = weights
    resolver = PlanResolver(layers: layers)
    prepared = zip(layers, weights).map {
      PreparedWeights(layer: $0, weights: $1, batchNormScale: batchNormScales[$0.name])
    }
  }

  /// The same compressor with calibration.
  public func calibrated(by source: any CalibrationSource) -> PlanCompressor {
    var result = self
    result.calibration = source
    result.slow = SlowResults()
    return result
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
    try self.init(
      layers: layers, weights: weights, batchNormScales: graph.batchNormScales(of: layers))
  }

  /// What each layer's result depends on, in layer order.
  ///
  /// Layers with equal global pruning share one ranking: their scores are pooled and the lowest go;
  /// of equal scores, those of the earlier layer go first.
  ///
  /// - Parameters:
  ///   - settings: One for each layer.
  ///   - seed: The plan's seed.
  /// - Throws: ``EngineError`` with code `notFinite` when scores of a ranking are not finite.
  /// - Complexity: O(weights with global pruning).
  public func effectiveSettings(
    _ settings: [LayerSetting], seed: Int = 0
  ) throws(EngineError) -> [EffectiveSetting] {
    try EngineError.uncancelled {
      try effectiveSettings(settings, seed: seed, isCancelled: { false })
    }
  }

  /// The same, unless it is cancelled.
  ///
  /// - Parameters:
  ///   - settings: One for each layer.
  ///   - seed: The plan's seed.
  ///   - isCancelled: Asked every few milliseconds.
  /// - Throws: `CancellationError` too.
  public func effectiveSettings(
    _ settings: [LayerSetting], seed: Int = 0, isCancelled: @escaping () -> Bool
  ) throws -> [EffectiveSetting] {
    precondition(settings.count == layers.count, "one setting for each layer")
    var result = zip(settings, layers).map { setting, layer in
      EffectiveSetting(
        setting, seed: setting.isRandom ? SeedMixing.seed(seed, for: layer.name) : 0)
    }
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
      let seeds = pool.members.map { result[$0].seed }
      let counts = try pooledCounts(pool.prune, pool.members, seeds, isCancelled)
      for (index, count) in zip(pool.members, counts) { result[index].prunedCount = count }
    }
    return result
  }

  /// How many units of each of `members` go when they are ranked together.
  private func pooledCounts(
    _ prune: PruneSetting, _ members: [Int], _ seeds: [UInt64],
    _ isCancelled: @escaping () -> Bool
  ) throws -> [Int] {
    for index in members {
      let counts = try prepared[index].counts(isCancelled: isCancelled)
      if let error = prepared[index].finiteError(counts) { throw error }
    }
    try prune.check(layer: layers[members[0]])
    guard prune.ranksByMagnitude, prune.normalization == .none else {
      let scores = try zip(members, seeds).map { index, seed in
        if isCancelled() { throw CancellationError() }
        let setting = EffectiveSetting(LayerSetting(prune: prune), seed: seed)
        return prune.normalization.normalized(try work(index, setting, isCancelled).scores())
      }
      return switch prune.measure {
      case .amount, .threshold: PruneMask.prunedCounts(amount: prune.amount, pooling: scores)
      case .percentile: PruneMask.prunedCounts(belowQuantile: prune.amount, pooling: scores)
      }
    }
    let ranking = try MagnitudeRanking(members.map { prepared[$0] }, isCancelled: isCancelled)
    let total = members.reduce(0) { $0 + layers[$1].parameters }
    return switch prune.measure {
    case .amount, .threshold:
      try ranking.counts(pruning: PruneMask.prunedCount(amount: prune.amount, of: total))
    case .percentile: try ranking.counts(belowQuantile: prune.amount)
    }
  }

  /// One layer's result.
  ///
  /// - Throws: As ``LayerCompressor/compress(layer:weights:setting:prunedCount:)``.
  public func compress(
    _ index: Int, _ effective: EffectiveSetting
  ) throws(EngineError) -> CompressedWeights {
    try EngineError.uncancelled {
      try compress(index, effective, isCancelled: { false })
    }
  }

  /// One layer's result, unless it is cancelled.
  ///
  /// - Parameters:
  ///   - isCancelled: Asked every few milliseconds.
  ///   - progress: Told how far slow work is, 0...1, now and then.
  /// - Throws: `CancellationError` too.
  public func compress(
    _ index: Int, _ effective: EffectiveSetting, isCancelled: @escaping () -> Bool,
    progress: @escaping (Double) -> Void = { _ in }
  ) throws -> CompressedWeights {
    if let known = slow.take(SlowResults.Key(layer: index, setting: effective)) { return known }
    var work = work(index, effective, isCancelled)
    work.progress = progress
    return try work.compressed()
  }

  /// The figures of one layer's result, without making it: what sizes are made of.
  ///
  /// - Parameter isCancelled: Asked every few milliseconds.
  /// - Throws: As ``compress(_:_:isCancelled:)``.
  /// - Complexity: O(1) for pruning by amount once the weights were counted; two passes over the
  ///   layer's weights for quantization, one more with pruning.
  public func measure(
    _ index: Int, _ effective: EffectiveSetting, isCancelled: @escaping () -> Bool = { false }
  ) throws -> LayerMeasure {
    let key = SlowResults.Key(layer: index, setting: effective)
    if let known = slow.measure(key) { return known }
    var work = work(index, effective, isCancelled)
    work.made = { slow.keep($0, for: key) }
    return try work.measured()
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

  private func work(
    _ index: Int, _ effective: EffectiveSetting, _ isCancelled: @escaping () -> Bool
  ) -> LayerWork {
    LayerWork(
      prepared: prepared[index], effective: effective,
      statistics: { needs in
        try calibration.statistics(ofLayer: index, needs: needs, isCancelled: isCancelled)
      }, isCancelled: isCancelled)
  }
}
