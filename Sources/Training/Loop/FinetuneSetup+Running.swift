import Execution
import Foundation
import Gradients
import Synchronization
import Tensors

/// What one shard adds to a step.
struct ShardResult: Sendable {
  var loss: Double
  var gradients: [String: Tensor]
  var statistics: [String: Tensor]
}

extension FinetuneSetup {
  /// Runs a shard forwards and backwards.
  ///
  /// - Parameters:
  ///   - shard: The samples.
  ///   - epoch: Decides augmentation.
  ///   - batch: Samples of the whole batch.
  ///   - weights: The constants that run.
  ///   - usesBatchStatistics: Whether batch normalization takes the shard's statistics.
  /// - Throws: ``EngineError``.
  func run(
    _ shard: TrainingData.Shard, epoch: Int, batch: Int, weights: [String: Tensor],
    usesBatchStatistics: Bool
  ) throws -> ShardResult {
    let inputs = try data.inputs(shard, epoch: epoch)
    let wanted = try teacherOutputs(inputs)
    let labels = data.labels(shard)
    let step = try network.executor.step(
      inputs: inputs, weights: weights,
      batchNormalization: usesBatchStatistics ? .ofShard : .frozen
    ) { outputs in
      let value = try choice.loss.evaluate(
        LossInput(outputs: outputs, teacher: wanted, labels: labels, batch: batch))
      return (value.value, value.seeds)
    }
    return ShardResult(
      loss: step.loss, gradients: step.gradients, statistics: step.statistics)
  }

  private func teacherOutputs(
    _ inputs: [String: Tensor], always: Bool = false
  ) throws -> [String: Tensor] {
    guard choice.loss.needsTeacher || always else { return [:] }
    return try network.teacher.run(inputs: inputs, weights: [:], options: RunOptions()).outputs
  }

  /// The loss and accuracy on the validation samples; nil where there are none.
  ///
  /// Without labels, accuracy is agreement with the float network.
  ///
  /// - Parameters:
  ///   - weights: The constants that run; nil judges the float network.
  ///   - pool: Where it runs.
  /// - Throws: ``EngineError``; `CancellationError`.
  func validate(
    _ weights: [String: Tensor]?, pool: WorkerPool
  ) async throws -> (loss: Double, accuracy: Double?)? {
    let shards = data.shards(of: data.validation, size: 2 * Finetuner.shardSize)
    guard !shards.isEmpty else { return nil }
    let count = shards.reduce(0) { $0 + $1.items.count }
    let found = Mutex([(loss: Double, correct: Int)](repeating: (0, 0), count: shards.count))
    try await pool.forEach(shards.count) { index in
      let shard = shards[index]
      let inputs = try data.inputs(shard, epoch: nil)
      let wanted = try teacherOutputs(inputs, always: weights == nil)
      let outputs =
        try weights.map {
          try network.forward.run(inputs: inputs, weights: $0, options: RunOptions()).outputs
        } ?? wanted
      let loss = try choice.loss.evaluate(
        LossInput(outputs: outputs, teacher: wanted, labels: data.labels(shard), batch: count))
      let right = correctCount(outputs, wanted: wanted, labels: data.labels(shard))
      found.withLock { $0[index] = (loss.value, right) }
    }
    let parts = found.withLock { $0 }
    let correct = parts.reduce(0) { $0 + $1.correct }
    return (
      parts.reduce(0) { $0 + $1.loss },
      choice.classes == nil ? nil : Double(correct) / Double(count)
    )
  }

  private func correctCount(
    _ outputs: [String: Tensor], wanted: [String: Tensor], labels: [Int]?
  ) -> Int {
    guard let classes = choice.classes, let scores = outputs[classes.name] else { return 0 }
    let found = Self.best(scores)
    let goal = labels ?? wanted[classes.name].map(Self.best) ?? []
    return zip(found, goal).count { $0 == $1 }
  }

  /// The index of each sample's highest score; ties go to the lowest, NaN never wins.
  private static func best(_ scores: Tensor) -> [Int] {
    let samples = scores.shape.first ?? 0
    guard samples > 0 else { return [] }
    let classes = scores.count / samples
    return scores.withElements(of: Float.self) { scores in
      (0..<samples).map { sample in
        var (best, top) = (0, -Float.infinity)
        for index in 0..<classes where scores[sample * classes + index] > top {
          (best, top) = (index, scores[sample * classes + index])
        }
        return best
      }
    }
  }
}
