import Execution
import ModelCompression
import Synchronization
import Tensors

/// The compressed weights of a model's layers, remembered by layer and setting: turning one layer's
/// knob computes one layer, and going back computes nothing.
final class PlanWeights: Sendable {
  private struct Key: Hashable {
    var layer: Int
    var setting: EffectiveSetting
  }

  private struct Entry {
    var weights: CompressedWeights
    var sqnr: Double
    var byteCount: Int
    var lastUsed: Int
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var byteCount = 0
    var clock = 0
  }

  /// Bytes of compressed weights that are kept for settings not in use.
  private let byteLimit: Int

  private let compressor: PlanCompressor
  private let state = Mutex(State())

  /// - Throws: ``EngineError`` when a layer's weight does not have the layer's shape.
  init(model: OpenedModel, byteLimit: Int) throws(EngineError) {
    self.byteLimit = byteLimit
    compressor = try PlanCompressor(layers: model.layers, weights: model.weights)
  }

  /// Applies a plan; layers that are not remembered are computed side by side on `pool`.
  ///
  /// - Throws: ``EngineError`` when the plan does not fit the model.
  func compress(_ plan: CompressionPlan, pool: WorkerPool) async throws -> CompressedPlan {
    let resolution = try plan.resolved(for: compressor.layers)
    let effective = try compressor.effectiveSettings(resolution.settings).map { effective in
      // One key for every way of saying "nothing": amounts of 0 %, empty rules, null.
      effective.setting.isUntouched && (effective.prunedCount ?? 0) == 0
        ? EffectiveSetting(LayerSetting()) : effective
    }
    let keys = effective.enumerated().map { Key(layer: $0.offset, setting: $0.element) }
    let missing = state.withLock { state in keys.filter { state.entries[$0] == nil } }
    try await pool.forEach(missing.count) { index in try self.compute(missing[index]) }
    return try assemble(plan, resolution, keys)
  }

  private func compute(_ key: Key) throws(EngineError) {
    let weights = try compressor.compress(key.layer, key.setting)
    let entry = Entry(
      weights: weights,
      sqnr: weights.signalToNoise(original: compressor.weights[key.layer]),
      byteCount: weights.isUntouched
        ? 0 : weights.dequantized.byteCount + (weights.codes?.byteCount ?? 0), lastUsed: 0)
    state.withLock { state in
      if state.entries.updateValue(entry, forKey: key) == nil {
        state.byteCount += entry.byteCount
      }
    }
  }

  private func assemble(
    _ plan: CompressionPlan, _ resolution: PlanResolution, _ keys: [Key]
  ) throws(EngineError) -> CompressedPlan {
    var weights: [CompressedWeights?] = []
    var rows: [CompressedPlan.Row] = []
    for (key, layer) in zip(keys, compressor.layers) {
      var entry = state.withLock { $0.entries[key] }
      if entry == nil {
        // Evicted by another evaluation in between.
        try compute(key)
        entry = state.withLock { $0.entries[key] }
      }
      guard let entry else { continue }
      let size = entry.weights.size
      weights.append(entry.weights.isUntouched ? nil : entry.weights)
      rows.append(
        CompressedPlan.Row(
          name: layer.name, sparsity: entry.weights.sparsity,
          bits: key.setting.setting.weights?.bits ?? 32, storedBytes: size.best,
          packedBytes: size.packed, originalBytes: size.original,
          encoding: size.bestStorage.rawValue, sqnr: entry.sqnr))
    }
    markUsed(keys)
    return CompressedPlan(
      plan: plan, weights: weights,
      keys: zip(keys, weights).map { $1 == nil ? nil : $0.setting }, rows: rows,
      settings: keys.map(\.setting.setting), notices: resolution.notices)
  }

  private func markUsed(_ keys: [Key]) {
    state.withLock { state in
      state.clock += 1
      for key in keys { state.entries[key]?.lastUsed = state.clock }
      guard state.byteCount > byteLimit else { return }
      let stale = state.entries.filter { $0.value.lastUsed < state.clock }
        .sorted { $0.value.lastUsed < $1.value.lastUsed }
      for (key, entry) in stale where state.byteCount > byteLimit {
        state.entries[key] = nil
        state.byteCount -= entry.byteCount
      }
    }
  }
}
