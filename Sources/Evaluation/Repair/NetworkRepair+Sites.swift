import Execution
import ModelCompression
import Tensors

extension NetworkRepair {
  /// What one pass over the sites has changed so far.
  private struct Pass {
    var result: Result
    /// Constants that the compressed network runs with, those repaired so far included.
    var weights: [String: Tensor]
    var layers = 0
    var normalizations = 0
  }

  /// Goes through the sites in graph order.
  func repair(
    _ compressed: CompressedPlan, _ originals: [ChannelMoments?], _ model: OpenedModel,
    _ pool: WorkerPool
  ) async throws -> Result {
    var pass = Pass(
      result: Result(plan: compressed.plan, weights: [:], constants: [:], notices: []),
      weights: [:])
    for changed in compressed.weights.compactMap({ $0 }) {
      pass.weights[changed.layer.weight] = changed.dequantized
    }
    let wanted = sites.map { isWanted($0, compressed) }
    let last = sitesOfCut.lastIndex { $0.contains { wanted[$0] } } ?? -1
    let walk = walk
    for cut in sitesOfCut.indices.prefix(last + 1) {
      // Of one value, what is done to the layer leaves nothing to do for a normalization.
      let place = sitesOfCut[cut].first { wanted[$0] }
      let site = place.map { sites[$0] }
      let measured = try await walk.advance(
        cut, weights: pass.weights, measuring: site, pool: pool)
      guard let place, let site, let measured, let original = originals[place],
        measured != original, measured.channels == original.channels
      else { continue }
      switch site.target {
      case .layer(let index, let bias, let scales):
        guard
          let correction = repairLayer(
            index, bias, scales, compressed, model, (original, measured), &pass)
        else { continue }
        try await walk.apply(correction, to: site, pool: pool)
      case .normalization(let mean, let variance, let epsilon):
        repairNormalization(mean, variance, epsilon, (original, measured), &pass)
      }
    }
    let told = Set(compressed.notices)
    pass.result.notices =
      [notice(pass)] + [sampleNotice].compactMap { $0 }.filter { !told.contains($0) }
    return pass.result
  }

  /// Whether a plan changes what is measured at a site.
  private func isWanted(_ site: RepairSites.Site, _ compressed: CompressedPlan) -> Bool {
    switch site.target {
    case .layer(let index, _, _): compressed.weights[index] != nil || isSmaller
    case .normalization:
      isSmaller
        || compressed.weights.contains { weights in
          weights?.layer.nodes.first.map { $0 <= site.position } ?? false
        }
    }
  }

  /// Changes the bias of a layer, and its weights where they can take factors.
  private func repairLayer(
    _ index: Int, _ bias: String, _ scales: Bool, _ compressed: CompressedPlan,
    _ model: OpenedModel, _ moments: (original: ChannelMoments, compressed: ChannelMoments),
    _ pass: inout Pass
  ) -> MomentCorrection? {
    guard let old = graph.constant(bias) else { return nil }
    let isLeftAlone = compressed.weights[index] == nil
    let alone = EffectiveSetting(LayerSetting())
    guard
      let changed = compressed.weights[index] ?? (try? model.compressor.compress(index, alone))
    else { return nil }
    var correction = MomentCorrection(
      original: moments.original, compressed: moments.compressed,
      scaling: scales ? changed.outputScaling : .none)
    guard correction.isFinite else { return nil }
    if correction.factors.contains(where: { $0 != 1 }) {
      if let scaled = changed.scalingOutputs(
        by: correction.factors.map { Float($0) }, original: model.weights[index])
      {
        if isLeftAlone {
          pass.result.constants[changed.layer.weight] = scaled.dequantized
        } else {
          pass.result.weights[index] = scaled
        }
      } else {
        correction = MomentCorrection(
          original: moments.original, compressed: moments.compressed, scaling: .none)
      }
    }
    pass.result.constants[bias] = Tensor(old.shape, correction.bias(from: old.floats))
    pass.layers += 1
    return correction
  }

  private func repairNormalization(
    _ mean: String, _ variance: String, _ epsilon: Double,
    _ moments: (original: ChannelMoments, compressed: ChannelMoments), _ pass: inout Pass
  ) {
    let correction = MomentCorrection(
      original: moments.original, compressed: moments.compressed, scaling: .channels)
    guard correction.isFinite, let old = graph.constant(mean),
      let spread = graph.constant(variance)
    else { return }
    let new = correction.statistics(
      mean: old.floats, variance: spread.floats, epsilon: epsilon)
    for (name, tensor) in [
      (mean, Tensor(old.shape, new.mean)), (variance, Tensor(spread.shape, new.variance)),
    ] {
      pass.result.constants[name] = tensor
      pass.weights[name] = tensor
    }
    pass.normalizations += 1
  }

  private func notice(_ pass: Pass) -> String {
    var parts: [String] = []
    if pass.layers > 0 { parts.append("\(pass.layers) layers") }
    if pass.normalizations > 0 { parts.append("\(pass.normalizations) batch normalizations") }
    let what = parts.isEmpty ? "nothing to do" : parts.joined(separator: " and ")
    return "repair: \(what), measured on \(samples) samples of \(data.name)"
  }
}
