import Datasets
import Evaluation
import Execution
import Gradients
import NetworkGraph
import Synchronization
import Tensors

/// Measures training steps: a batch forwards and backwards with batch statistics, gradients added up in
/// the order of the shards, and SGD with momentum on every weight.
///
/// The loss is half the mean square of the outputs: next to the network any loss costs nothing.
final class TrainingBenchmark: Sendable {
  /// What was measured.
  struct Report: Encodable {
    var batch: Int
    var shard: Int
    /// Parts of a step that run forwards one after the other; all but the last of them twice.
    var segments: Int
    /// Seconds of each step.
    var seconds: [Double]
    var samplesPerSecond: Double
  }

  private let graph: NetworkGraph
  private let executor: TrainingExecutor
  private let names: [String]
  private let data: EvaluationData
  private let pool: WorkerPool

  /// - Parameter byteLimit: Memory for one shard.
  /// - Throws: ``EngineError`` when the model can't be differentiated.
  init(
    model: OpenedModel, data: EvaluationData, threads: Int, byteLimit: Int
  ) throws(EngineError) {
    graph = try model.runnableGraph()
    let running = Set(
      graph.nodes.filter { $0.op == "BatchNormalization" }.flatMap { $0.inputs.suffix(2) })
    names = graph.initializers.filter {
      $0.value.type == .float32 && $0.value.rank > 0 && !running.contains($0.key)
    }.map(\.key)
    executor = try TrainingExecutor(graph: graph, wanted: Set(names), byteLimit: byteLimit)
    self.data = data
    pool = WorkerPool(threads: threads)
  }

  /// Steps on the first samples of the data, after two that warm up.
  ///
  /// - Parameters:
  ///   - rounds: Steps.
  ///   - batch: Samples of a step.
  ///   - told: Called before each step with its number.
  func run(
    rounds: Int, batch: Int, told: (Int) -> Void
  ) async throws -> Report {
    let batch = min(batch, data.count)
    let size = executor.shardSize(
      batch: batch, sample: try data.inputs(for: [0], graphInputs: graph.runtimeInputs))
    let shards = try stride(from: 0, to: batch, by: size).map { first in
      try data.inputs(
        for: Array(first..<min(first + size, batch)), graphInputs: graph.runtimeInputs)
    }
    var weights: [String: Tensor] = [:]
    for name in names { weights[name] = graph.initializers[name] }
    var speed: [String: [Float]] = [:]
    var seconds: [Double] = []
    for round in -2..<rounds {
      told(max(round, 0))
      let start = ContinuousClock.now
      let steps = try await self.steps(shards, weights, size)
      for name in names { update(name, steps, &weights, &speed) }
      if round >= 0 { seconds.append((ContinuousClock.now - start).seconds) }
    }
    return Report(
      batch: batch, shard: size,
      segments: executor.segmentCount(shapes: shards.first?.mapValues(\.shape) ?? [:]),
      seconds: seconds,
      samplesPerSecond: Double(batch) / BenchmarkReport.median(seconds))
  }

  private func steps(
    _ shards: [[String: Tensor]], _ weights: [String: Tensor], _ size: Int
  ) async throws -> [TrainingExecutor.Step] {
    let found = Mutex([TrainingExecutor.Step?](repeating: nil, count: shards.count))
    let executor = self.executor
    let count = Float(shards.count * size)
    try await pool.forEach(shards.count) { index in
      let step = try executor.step(
        inputs: shards[index], weights: weights, batchNormalization: .ofShard
      ) { outputs in
        (0, outputs.mapValues { output in Tensor(output.shape, output.floats.map { $0 / count }) })
      }
      found.withLock { $0[index] = step }
    }
    return found.withLock { $0.compactMap { $0 } }
  }

  /// w <- w - rate v, v <- 0.9 v + g: a rate so small that many steps change little.
  private func update(
    _ name: String, _ steps: [TrainingExecutor.Step], _ weights: inout [String: Tensor],
    _ speed: inout [String: [Float]]
  ) {
    guard let old = weights[name] else { return }
    var own = speed.removeValue(forKey: name) ?? [Float](repeating: 0, count: old.count)
    for index in own.indices { own[index] *= 0.9 }
    for step in steps {
      step.gradients[name]?.withElements(of: Float.self) { gradient in
        for index in own.indices { own[index] += gradient[index] }
      }
    }
    weights[name] = Tensor.building(old.shape, of: Float.self) { result in
      old.withElements(of: Float.self) { old in
        for index in own.indices { result[index] = old[index] - 1e-5 * own[index] }
      }
    }
    speed[name] = own
  }
}
