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

  let compressor: PlanCompressor
  private let state = Mutex(State())

  /// Nothing is computed yet.
  init(compressor: PlanCompressor, byteLimit: Int) {
    self.byteLimit = byteLimit
    self.compressor = compressor
  }

  /// Applies a plan; layers that are not remembered are computed side by side on `pool`.
  ///
  /// - Parameter progress: Told from worker threads when a layer begins.
  /// - Throws: ``EngineError`` when the plan does not fit the model.
  func compress(
    _ plan: CompressionPlan, pool: WorkerPool,
    progress: (@Sendable (CompressingProgress) -> Void)? = nil
  ) async throws -> CompressedPlan {
    var resolution = try compressor.resolver.resolve(plan)
    if try await calibrate(resolution.settings, pool: pool, progress: progress) {
      resolution.notices += [compressor.calibration.notice].compactMap { $0 }
    }
    let effective = try compressor.effectiveSettings(
      resolution.settings, seed: plan.seed ?? 0, isCancelled: { Task.isCancelled })
    let keys = effective.enumerated().map {
      Key(layer: $0.offset, setting: Self.normalized($0.element))
    }
    let missing = state.withLock { state in keys.filter { state.entries[$0] == nil } }
    // Slow methods take seconds for a layer: they are told when nobody waits any more.
    let flag = CancellationFlag()
    let done = Atomic<Int>(0)
    let start = ContinuousClock.now
    try await withTaskCancellationHandler {
      try await pool.forEach(missing.count) { index in
        let setting = missing[index].setting.setting
        // What is done in no time is not worth a word.
        if !setting.statisticsNeeds.isEmpty || ContinuousClock.now - start > .milliseconds(200) {
          progress?(
            CompressingProgress(
              done: done.load(ordering: .relaxed), total: missing.count,
              method: setting.methodName))
        }
        try self.compute(missing[index], isCancelled: { flag.isCancelled })
        done.add(1, ordering: .relaxed)
      }
    } onCancel: {
      flag.cancel()
    }
    return try assemble(plan, resolution, keys)
  }

  /// Makes the statistics that settings need on a worker of `pool`.
  ///
  /// - Parameter progress: Told from a worker thread when it takes a while.
  /// - Returns: Whether any were needed.
  private func calibrate(
    _ settings: [LayerSetting], pool: WorkerPool,
    progress: (@Sendable (CompressingProgress) -> Void)?
  ) async throws -> Bool {
    guard let first = settings.first(where: { !$0.statisticsNeeds.isEmpty }) else { return false }
    let flag = CancellationFlag()
    let compressor = self.compressor
    let isTold = Atomic<Bool>(false)
    let start = ContinuousClock.now
    try await withTaskCancellationHandler {
      try await pool.forEach(1) { _ in
        _ = try compressor.prepareCalibration(
          for: settings,
          isCancelled: {
            if ContinuousClock.now - start > .milliseconds(200),
              !isTold.exchange(true, ordering: .relaxed)
            {
              progress?(CompressingProgress(done: 0, total: 0, method: first.methodName))
            }
            return flag.isCancelled
          })
      }
    } onCancel: {
      flag.cancel()
    }
    return true
  }

  /// One layer under a plan; the others are not computed.
  ///
  /// - Parameter isCancelled: Asked every few milliseconds.
  /// - Throws: ``EngineError`` when the plan does not fit the model; `CancellationError`.
  func layer(
    _ index: Int, of plan: CompressionPlan, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> CompressedWeights {
    let settings = try compressor.resolver.resolve(plan).settings
    // Only what is ranked together with the layer can change it.
    let peers = settings.indices.map { place in
      settings[place].prune == settings[index].prune || place == index
        ? settings[place] : LayerSetting()
    }
    let effective = try compressor.effectiveSettings(
      peers, seed: plan.seed ?? 0, isCancelled: isCancelled)[index]
    let key = Key(layer: index, setting: Self.normalized(effective))
    if let known = state.withLock({ $0.entries[key]?.weights }) { return known }
    return try compute(key, isCancelled: isCancelled)
  }

  /// One key for every way of saying "nothing": amounts of 0 %, empty rules, null.
  private static func normalized(_ effective: EffectiveSetting) -> EffectiveSetting {
    effective.setting.isUntouched && (effective.prunedCount ?? 0) == 0
      ? EffectiveSetting(LayerSetting()) : effective
  }

  @discardableResult
  private func compute(
    _ key: Key, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CompressedWeights {
    let weights = try compressor.compress(key.layer, key.setting, isCancelled: isCancelled)
    let entry = Entry(
      weights: weights,
      byteCount: weights.isUntouched
        ? 0 : weights.dequantized.byteCount + (weights.codes?.byteCount ?? 0), lastUsed: 0)
    state.withLock { state in
      if state.entries.updateValue(entry, forKey: key) == nil {
        state.byteCount += entry.byteCount
      }
    }
    return weights
  }

  private func assemble(
    _ plan: CompressionPlan, _ resolution: PlanResolution, _ keys: [Key]
  ) throws -> CompressedPlan {
    var weights: [CompressedWeights?] = []
    var rows: [CompressedPlan.Row] = []
    var sizes: [StoredSize] = []
    for (key, layer) in zip(keys, compressor.layers) {
      var entry = state.withLock { $0.entries[key] }
      if entry == nil {
        // Evicted by another evaluation in between.
        try compute(key)
        entry = state.withLock { $0.entries[key] }
      }
      guard let entry else { continue }
      let size = entry.weights.size
      sizes.append(size)
      weights.append(entry.weights.isUntouched ? nil : entry.weights)
      rows.append(
        CompressedPlan.Row(
          name: layer.name, sparsity: entry.weights.sparsity,
          bits: key.setting.setting.weights?.bits ?? 32, storedBytes: size.best,
          packedBytes: size.packed, originalBytes: size.original,
          encoding: size.bestStorage.rawValue, sqnr: entry.weights.sqnr))
    }
    markUsed(keys)
    return CompressedPlan(
      plan: plan, weights: weights,
      keys: zip(keys, weights).map { $1 == nil ? nil : $0.setting }, sizes: sizes, rows: rows,
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
