import ModelCompression
import Synchronization
import Tensors

extension PreviewEngine {
  /// Applies a plan to the weights: exact, and quick for layers and settings seen before.
  ///
  /// Plan-wide steps make another network first, in the background; it is kept for the next plan with
  /// the same steps. Repair is measured anew for settings not seen before.
  ///
  /// - Parameter progress: Told from worker threads when a layer begins that was not compressed before.
  /// - Throws: ``EngineError`` when the plan does not fit the model; `CancellationError`.
  public func compress(
    _ plan: CompressionPlan, progress: (@Sendable (CompressingProgress) -> Void)? = nil
  ) async throws -> CompressedPlan {
    var compressed: CompressedPlan
    if let steps = PlanSteps(plan) {
      compressed = try await self.compressed(plan, steps, progress)
    } else {
      compressed = try await compressor.compress(plan, pool: pool, progress: progress)
    }
    return try await rounded(compressed)
  }

  private func compressed(
    _ plan: CompressionPlan, _ steps: PlanSteps,
    _ progress: (@Sendable (CompressingProgress) -> Void)?
  ) async throws -> CompressedPlan {
    let variant = try await variant(steps)
    var compressed = try await variant.weights.compress(plan, pool: pool, progress: progress)
    let touches = compressed.weights.contains { $0 != nil }
    if !touches && !steps.changesGraph { return compressed }
    compressed.variant = variant
    compressed.notices += variant.notices
    for index in compressed.rows.indices {
      compressed.rows[index].originalBytes = model.layers[index].parameters * 4
    }
    guard !steps.repair.isEmpty else { return compressed }
    guard let repair = variant.repair else { throw Calibrator.missing }
    return try await repair.repaired(compressed, original: variant.model, pool: pool)
  }

  private nonisolated func variant(_ steps: PlanSteps) async throws -> ModelVariant {
    if let known = variants.known(steps) { return known }
    // On a worker: equalizing reads all weights, and that belongs on no thread of the cooperative pool.
    let found = Mutex<ModelVariant?>(nil)
    let variants = variants
    try await pool.forEach(1) { _ in
      let made = try variants.variant(steps)
      found.withLock { $0 = made }
    }
    guard let variant = found.withLock({ $0 }) else { throw CancellationError() }
    return variant
  }

  /// The exact sizes under a plan.
  ///
  /// - Throws: ``EngineError`` never for plans that ``compress(_:)`` accepted, other than for formats
  ///   that the model can't take, which are left out.
  public nonisolated func size(of compressed: CompressedPlan) throws(EngineError) -> SizeSummary {
    SizeSummary(
      model: compressed.variant?.model ?? model, compressed: compressed,
      multiplyAdds: compressed.variant?.multiplyAdds ?? multiplyAdds)
  }

  /// What the inspector shows of one layer under a plan.
  ///
  /// Where steps of the plan made another network, the weights before are that network's.
  public nonisolated func layerReport(
    _ name: String, in compressed: CompressedPlan
  ) -> LayerReport? {
    guard let index = model.layers.firstIndex(where: { $0.name == name }) else { return nil }
    let row = compressed.rows[index]
    let weights = compressed.weights[index]
    let before = (compressed.variant?.model ?? model).weights[index]
    return LayerReport(
      name: name, setting: compressed.settings[index], sparsity: row.sparsity,
      storedBytes: row.storedBytes, originalBytes: row.originalBytes, sqnr: row.sqnr,
      before: before, after: weights?.dequantized ?? before,
      cutOff: weights?.cutOff, levels: weights?.levels ?? [])
  }

  /// What the inspector shows of one layer under a plan, without computing any other; for a background
  /// thread.
  ///
  /// What repair does to the weights is in it as soon as ``compress(_:)`` has worked it out.
  ///
  /// - Parameter isCancelled: Asked every few milliseconds.
  /// - Throws: ``EngineError`` when the plan does not fit the model; `CancellationError`.
  public nonisolated func layerReport(
    _ index: Int, under plan: CompressionPlan,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> LayerReport {
    let variant = try PlanSteps(plan).map { try variants.variant($0, isCancelled: isCancelled) }
    var weights = try (variant?.weights ?? compressor).layer(
      index, of: plan, isCancelled: isCancelled)
    if let repaired = variant?.repair?.known(layer: index, under: plan) { weights = repaired }
    return LayerReport(
      name: weights.layer.name, setting: weights.setting, sparsity: weights.sparsity,
      storedBytes: weights.size.best, originalBytes: model.layers[index].parameters * 4,
      sqnr: weights.sqnr, before: (variant?.model ?? model).weights[index],
      after: weights.dequantized, cutOff: weights.cutOff, levels: weights.levels)
  }
}
