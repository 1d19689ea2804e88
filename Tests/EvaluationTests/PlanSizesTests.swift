import Evaluation
import Foundation
import ModelCompression
import NetworkGraph
import TestSupport
import Testing

/// Sizes that are counted without making weights are those of the weights and files that are made.
@Suite struct PlanSizesTests {
  private func random(
    _ layers: [CompressibleLayer], using generator: inout SeededGenerator
  ) -> CompressionPlan {
    var plan = CompressionPlan()
    if Int.random(in: 0..<4, using: &generator) == 0 {
      plan.defaults.prune = .set(PruneSetting(amount: 0.4, scope: .global))
    }
    for layer in layers where Bool.random(using: &generator) {
      var setting = LayerSetting()
      if Bool.random(using: &generator) {
        setting.prune = PruneSetting(
          amount: Double.random(in: 0...1, using: &generator),
          measure: Bool.random(using: &generator) ? .amount : .percentile)
      }
      if Bool.random(using: &generator) {
        let granularities: [WeightQuantization.Granularity] = [.tensor, .channel, .group(32)]
        setting.weights = WeightQuantization(
          bits: WeightQuantization.allowedBits.randomElement(using: &generator) ?? 8,
          scheme: Bool.random(using: &generator) ? .symmetric : .asymmetric,
          granularity: granularities.randomElement(using: &generator) ?? .channel)
      }
      plan.set(setting, forLayer: layer.name)
    }
    return plan
  }

  @Test(arguments: TestModels.samples)
  func equalThoseOfTheWeights(path: String) async throws {
    let seed: UInt64 = 2026
    var generator = SeededGenerator(seed: seed)
    let model = try OpenedModel(path: path)
    let engine = try PreviewEngine(model: model, data: nil, threads: 2)
    // A second model object knows nothing of the first one's weights.
    let other = try PreviewEngine(
      model: try OpenedModel(path: path), data: nil, threads: 2)
    for index in 0..<12 {
      let plan = random(model.layers, using: &generator)
      let sizes = try engine.sizes.sizes(of: plan)
      let compressed = try await other.compress(plan)
      let expected = try other.size(of: compressed)
      let about = Comment("plan \(index), seed \(seed)")
      #expect(sizes.summary.stored == expected.stored, about)
      #expect(sizes.summary.packedWeights == expected.packedWeights, about)
      #expect(sizes.summary.formats == expected.formats, about)
      #expect(sizes.layers.map(\.storedBytes) == compressed.rows.map(\.storedBytes), about)
      for (layer, row) in zip(sizes.layers, compressed.rows) {
        #expect(layer.sparsity == nil || layer.sparsity == row.sparsity, about)
      }
      for layer in model.layers.indices {
        let report = try engine.layerReport(layer, under: plan)
        let row = compressed.rows[layer]
        #expect(report.sparsity == row.sparsity, about)
        #expect(report.storedBytes == row.storedBytes, about)
        #expect(
          report.after.floats == (compressed.weights[layer]?.dequantized ?? report.before).floats,
          about)
      }
    }
  }

  /// Layers left alone are counted in the background, those next to the selected one first.
  @Test func countingCompletesTheSizes() async throws {
    let model = try OpenedModel(path: try #require(TestModels.samples.first))
    let engine = try PreviewEngine(model: model, data: nil, threads: 1)
    let empty = CompressionPlan()
    let before = try engine.sizes.sizes(of: empty)
    #expect(!before.isComplete)
    #expect(before.summary.uncountedLayers == model.layers.count)
    #expect(before.summary.stored == model.fileBytes)
    #expect(engine.sizes.uncounted(nearest: 1) == 1)
    while let next = engine.sizes.uncounted(nearest: 1) {
      try engine.sizes.countZeros(of: next) { false }
    }
    let after = try engine.sizes.sizes(of: empty)
    #expect(after.isComplete)
    #expect(after.summary.stored == before.summary.stored)
    #expect(after.summary == (try engine.size(of: try await engine.compress(empty))))
  }

  @Test func cancellingStopsCounting() throws {
    let model = try OpenedModel(path: try #require(TestModels.samples.first))
    let engine = try PreviewEngine(model: model, data: nil, threads: 1)
    let all = CompressionPlan(
      defaults: PlanRule(weights: .set(WeightQuantization(bits: 4))))
    #expect(throws: CancellationError.self) {
      try engine.sizes.sizes(of: all, isCancelled: { true })
    }
    #expect(try engine.sizes.sizes(of: all).summary.stored < model.fileBytes)
  }
}
