import Datasets
import Evaluation
import ModelCompression

/// Measures how fast plans are measured: full runs, and edits of one layer.
struct BenchmarkRun {
  let model: OpenedModel
  let data: EvaluationData
  let threads: Int
  let seed: Int
  let precision: EvaluationPrecision
  let rounds: Int

  /// One layer's edits.
  struct Edit {
    let layer: String
    /// Seconds from the new setting to the finished measurement, a value a round.
    let seconds: [Double]
  }

  private func engine() throws -> PreviewEngine {
    try PreviewEngine(model: model, data: data, threads: threads, seed: seed)
  }

  /// Seconds of full runs of the model as it is, after one run that warms up.
  func evaluations(told: (Int) -> Void) async throws -> [Double] {
    let engine = try engine()
    _ = try await engine.outputs(of: nil)
    var seconds: [Double] = []
    for round in 0..<rounds {
      told(round)
      let start = ContinuousClock.now
      _ = try await engine.outputs(of: nil)
      seconds.append((ContinuousClock.now - start).seconds)
    }
    return seconds
  }

  /// Edits of each layer, as a user makes them: the layer has been chosen and measured once; then its
  /// amount changes, and the clock runs from the change to the number over all samples.
  func edits(told: (String) -> Void) async throws -> [Edit] {
    let engine = try engine()
    _ = try await engine.evaluate(nil)
    var edits: [Edit] = []
    for layer in model.layers {
      told(layer.name)
      _ = try await measure(layer.name, amount: 0.3, engine)
      var seconds: [Double] = []
      for round in 0..<rounds {
        seconds.append(try await measure(layer.name, amount: 0.31 + 0.01 * Double(round), engine))
      }
      edits.append(Edit(layer: layer.name, seconds: seconds))
    }
    return edits
  }

  private func measure(
    _ layer: String, amount: Double, _ engine: PreviewEngine
  ) async throws -> Double {
    var plan = CompressionPlan()
    plan.set(LayerSetting(prune: PruneSetting(amount: amount)), forLayer: layer)
    let start = ContinuousClock.now
    let compressed = try await engine.compress(plan)
    _ = try await engine.evaluate(compressed, focus: layer, precision: precision)
    return (ContinuousClock.now - start).seconds
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
