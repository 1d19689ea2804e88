import NetworkGraph
import Tensors

/// One layer under one setting: checked, worked out, then counted or made.
struct LayerWork {
  let prepared: PreparedWeights
  let effective: EffectiveSetting
  /// What calibration shows of this layer, made when it is asked for.
  let statistics: (Set<StatisticsNeed>) throws -> LayerStatistics
  let isCancelled: () -> Bool
  /// Told how far slow work is, 0...1.
  var progress: (Double) -> Void = { _ in }
  /// Given the weights when they had to be made to count them.
  var made: (CompressedWeights) -> Void = { _ in }

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
    guard usesMagnitude else { return try wholly().measure }
    let prunedCount = try self.prunedCount()
    guard let quantization = setting.weights else {
      // Zeros have the lowest magnitude: they go first, and a refit leaves them zero.
      return measure(prunedCount, zeros: max(prunedCount, counts.zeros), form: nil)
    }
    guard !needsRefit, let zeros = try fastZeroCount(quantization, cut: try cut(prunedCount))
    else { return try wholly().measure }
    return measure(
      prunedCount, zeros: zeros,
      form: try quantization.registeredScheme().form(
        quantization, for: layer))
  }

  /// The weights after the setting, made only to count them.
  private func wholly() throws -> CompressedWeights {
    let weights = try compressed()
    made(weights)
    return weights
  }

  /// The weights after the setting.
  ///
  /// - Throws: ``EngineError`` as ``LayerCompressor``; `CancellationError`.
  func compressed() throws -> CompressedWeights {
    guard !isUntouched else { return try untouched() }
    try Self.check(setting, of: layer)
    _ = try finiteCounts()
    let pruned = try self.pruned()
    let made = try quantized(pruned)
    let result = CompressedWeights(
      layer: layer, setting: setting, prunedCount: pruned.count, zeroCount: made.zeroCount,
      cutOff: pruned.cut.cutOff, quantized: made.quantized, dequantized: made.values,
      size: measure(pruned.count, zeros: made.zeroCount, form: made.quantized?.form).size,
      sqnr: made.signalToNoise)
    guard pruned.isOriginal else {
      // Against the original weights, not the masked ones.
      return result.withSQNR(result.signalToNoise(original: prepared.weights))
    }
    return result
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
    StoredSize(layer: layer, nonzeroCount: layer.parameters, bits: 32, parameterBytes: 0)
  }

  private func measure(_ prunedCount: Int, zeros: Int, form: QuantizedForm?) -> LayerMeasure {
    LayerMeasure(
      prunedCount: prunedCount, zeroCount: zeros,
      size: StoredSize(
        layer: layer, nonzeroCount: layer.parameters - zeros, weights: setting.weights, form: form),
      isUntouched: setting.weights == nil && prunedCount == 0)
  }

  // Checks.

  private func finiteCounts() throws -> PreparedWeights.Counts {
    let counts = try prepared.counts(isCancelled: isCancelled)
    if let error = prepared.finiteError(counts) { throw error }
    return counts
  }

  func checkFinite(_ values: Tensor) throws(EngineError) {
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
    do throws(EngineError) {
      try quantization.check()
    } catch {
      throw EngineError(
        error.code, subject: "layer '\(layer.name)'", problem: error.problem, remedy: error.remedy)
    }
  }
}
