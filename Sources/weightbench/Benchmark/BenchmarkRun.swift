import Datasets
import Evaluation
import ModelCompression
import Synchronization

/// Measures how fast plans are measured: full runs, and edits of one layer.
final class BenchmarkRun: Sendable {
  private let model: OpenedModel
  private let data: EvaluationData
  private let threads: Int
  private let seed: Int
  private let precision: EvaluationPrecision
  private let rounds: Int
  private let precisions = Mutex<Set<String>>([])

  /// How sure the results were: surer than asked for where outputs are no class scores.
  var measuredPrecisions: [String] { precisions.withLock { $0.sorted() } }

  init(
    model: OpenedModel, data: EvaluationData, threads: Int, seed: Int,
    precision: EvaluationPrecision, rounds: Int
  ) {
    self.model = model
    self.data = data
    self.threads = threads
    self.seed = seed
    self.precision = precision
    self.rounds = rounds
  }

  /// One layer's edits.
  struct Edit {
    let layer: String
    /// Seconds from the new setting to the finished measurement, a value a round.
    let seconds: [Double]
    /// The same for a setting that was measured ahead.
    let ahead: Double
  }

  private func engine() throws -> PreviewEngine {
    try PreviewEngine(model: model, data: data, threads: threads, seed: seed)
  }

  /// Seconds of full runs, after one that warms up: a change in the first layer leaves nothing to
  /// start from but the inputs.
  func evaluations(told: (Int) -> Void) async throws -> [Double] {
    let engine = try engine()
    guard let first = model.layers.first?.name else { return [] }
    _ = try await measure(first, amount: 0.3, engine)
    var seconds: [Double] = []
    for round in 0..<rounds {
      told(round)
      seconds.append(try await measure(first, amount: 0.31 + 0.01 * Double(round), engine))
    }
    return seconds
  }

  /// Edits of each layer, as a user makes them: the layer has been chosen, and its inputs were prepared
  /// while no key came; then its amount changes, and the clock runs from the change to the number over
  /// all samples.
  func edits(told: (String) -> Void) async throws -> [Edit] {
    let engine = try engine()
    _ = try await engine.evaluate(nil)
    var edits: [Edit] = []
    for layer in model.layers {
      told(layer.name)
      try await engine.prepare(nil, focus: layer.name)
      _ = try await measure(layer.name, amount: 0.3, engine)
      var seconds: [Double] = []
      for round in 0..<rounds {
        seconds.append(try await measure(layer.name, amount: 0.31 + 0.01 * Double(round), engine))
      }
      try await engine.speculate(
        on: [plan(layer.name, amount: 0.3 - 0.05)], focus: layer.name, precision: precision)
      edits.append(
        Edit(
          layer: layer.name, seconds: seconds,
          ahead: try await measure(layer.name, amount: 0.3 - 0.05, engine)))
    }
    return edits
  }

  private func plan(_ layer: String, amount: Double) -> CompressionPlan {
    var plan = CompressionPlan()
    plan.set(LayerSetting(prune: PruneSetting(amount: amount)), forLayer: layer)
    return plan
  }

  private func measure(
    _ layer: String, amount: Double, _ engine: PreviewEngine
  ) async throws -> Double {
    let plan = plan(layer, amount: amount)
    let start = ContinuousClock.now
    let compressed = try await engine.compress(plan)
    let metrics = try await engine.evaluate(compressed, focus: layer, precision: precision)
    precisions.withLock { _ = $0.insert(EvaluationReport.name(of: metrics.precision)) }
    return (ContinuousClock.now - start).seconds
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
