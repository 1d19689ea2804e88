import NetworkGraph
import Tensors

/// One layer under one setting: checked, worked out, then counted or made.
struct LayerWork {
  let prepared: PreparedWeights
  let effective: EffectiveSetting
  /// What calibration shows of this layer, made when it is asked for.
  let statistics: (Set<StatisticsNeed>) throws -> LayerStatistics
  let isCancelled: () -> Bool

  var layer: CompressibleLayer { prepared.layer }
  var setting: LayerSetting { effective.setting }

  private var isUntouched: Bool { setting.isUntouched && (effective.prunedCount ?? 0) == 0 }

  /// The figures, exactly those of ``compressed()``.
  ///
  /// - Throws: ``EngineError`` as ``LayerCompressor``; `CancellationError`.
  func measured() throws -> LayerMeasure {
    guard !isUntouched else {
      return LayerMeasure(
        prunedCount: 0, zeroCount: prepared.knownCounts?.zeros, size: untouchedSize,
        isUntouched: true)
    }
    try Self.check(setting, of: layer)
    let counts = try finiteCounts()
    guard usesMagnitude else { return try compressed().measure }
    let prunedCount = try self.prunedCount()
    guard let quantization = setting.weights else {
      // Zeros have the lowest magnitude: they go first.
      return measure(
        prunedCount, zeros: max(prunedCount, counts.zeros), scales: 0, zeroPoints: 0)
    }
    let cut = try self.cut(prunedCount)
    let quantizer = try LayerQuantizer(
      quantization, layer: layer, weights: prepared.weights, cut: cut, isCancelled: isCancelled)
    guard !quantizer.mayOverflow else { return try compressed().measure }
    let transform = LayerTransform(
      weights: prepared.weights, cut: cut, quantizer: quantizer, isCancelled: isCancelled)
    let count = quantizer.scales.count
    return measure(
      prunedCount, zeros: try transform.zeroCount(), scales: count,
      zeroPoints: quantization.scheme == .asymmetric ? count : 0)
  }

  /// The weights after the setting.
  ///
  /// - Throws: ``EngineError`` as ``LayerCompressor``; `CancellationError`.
  func compressed() throws -> CompressedWeights {
    guard !isUntouched else { return try untouched() }
    try Self.check(setting, of: layer)
    _ = try finiteCounts()
    var prunedCount = 0
    var weights = prepared.weights
    var cut = PruneCut.none
    if usesMagnitude {
      prunedCount = try self.prunedCount()
      cut = try self.cut(prunedCount)
    } else {
      let mask = try mask()
      prunedCount = mask.prunedCount
      weights = Self.masked(weights, mask)
    }
    let quantizer = try setting.weights.map { quantization in
      try LayerQuantizer(
        quantization, layer: layer, weights: weights, cut: cut, isCancelled: isCancelled)
    }
    let made = try LayerTransform(
      weights: weights, cut: cut, quantizer: quantizer, isCancelled: isCancelled
    ).apply()
    if quantizer?.mayOverflow == true { try checkFinite(made.values) }
    let quantized = made.codes.flatMap { quantizer?.result(codes: $0, values: made.values) }
    let size = measure(
      prunedCount, zeros: made.zeroCount, scales: quantized?.scales.count ?? 0,
      zeroPoints: quantized?.zeroPoints?.count ?? 0
    ).size
    let result = CompressedWeights(
      layer: layer, setting: setting, prunedCount: prunedCount, zeroCount: made.zeroCount,
      cutOff: cut.cutOff, quantized: quantized, dequantized: made.values, size: size,
      sqnr: made.signalToNoise)
    guard !usesMagnitude else { return result }
    // Against the original weights, not the masked ones.
    return result.withSQNR(result.signalToNoise(original: prepared.weights))
  }

  /// An untouched layer stays in the file as it is: its size is that of its floats, and it may hold
  /// any value.
  private func untouched() throws -> CompressedWeights {
    CompressedWeights(
      layer: layer, setting: setting, prunedCount: 0,
      zeroCount: try prepared.counts(isCancelled: isCancelled).zeros, cutOff: nil,
      quantized: nil, dequantized: prepared.weights, size: untouchedSize, sqnr: .infinity)
  }

  private var untouchedSize: StoredSize {
    StoredSize(layer: layer, nonzeroCount: layer.parameters, bits: 32, scales: 0, zeroPoints: 0)
  }

  private func measure(
    _ prunedCount: Int, zeros: Int, scales: Int, zeroPoints: Int
  ) -> LayerMeasure {
    LayerMeasure(
      prunedCount: prunedCount, zeroCount: zeros,
      size: StoredSize(
        layer: layer, nonzeroCount: layer.parameters - zeros, bits: setting.weights?.bits ?? 32,
        scales: scales, zeroPoints: zeroPoints),
      isUntouched: setting.weights == nil && prunedCount == 0)
  }

  // Checks.

  private func finiteCounts() throws -> PreparedWeights.Counts {
    let counts = try prepared.counts(isCancelled: isCancelled)
    if let error = prepared.finiteError(counts) { throw error }
    return counts
  }

  private func checkFinite(_ values: Tensor) throws(EngineError) {
    let isFinite = values.withElements(of: Float.self) { $0.allSatisfy(\.isFinite) }
    guard !isFinite else { return }
    throw EngineError(
      .notFinite, subject: "layer '\(layer.name)'",
      problem: "its weights are so large that their codes stand for infinite numbers",
      remedy: "Leave the layer alone (set it to null in the plan), or repair the model")
  }

  private static func check(
    _ setting: LayerSetting, of layer: CompressibleLayer
  ) throws(EngineError) {
    guard let quantization = setting.weights else { return }
    guard WeightQuantization.allowedBits.contains(quantization.bits) else {
      throw EngineError(
        .invalidPlan, subject: "layer '\(layer.name)'",
        problem: "\(quantization.bits) bits are not possible", remedy: "Choose 2 to 8, or 16")
    }
    if case .group(let size) = quantization.granularity,
      !WeightQuantization.allowedGroups.contains(size)
    {
      throw EngineError(
        .invalidPlan, subject: "layer '\(layer.name)'",
        problem: "groups of \(size) are not possible", remedy: "Choose 16 to 256")
    }
  }
}
