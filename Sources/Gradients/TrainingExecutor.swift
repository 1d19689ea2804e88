import Execution
import NetworkGraph
import Operators
import Synchronization
import Tensors

/// Runs a graph forwards and backwards: a loss and how it depends on weights or inputs.
///
/// One call takes one shard, a part of a batch, and uses the calling thread only; any number of threads
/// may call at once. A batch of several shards has the sum of their gradients, added up in the order of
/// the shards whatever thread made them. Convolutions, batch normalizations, sums and `Relu` run as
/// oneDNN's primitives in its own layouts, forwards and backwards. Dropout is off.
///
/// What the way back needs is kept, or, where that takes more memory than allowed, computed a second time
/// from what is kept; no bit of the results depends on it.
public final class TrainingExecutor: Sendable {
  /// What batch normalization normalizes with.
  public enum BatchNormalization: Sendable {
    /// The running mean and variance that the graph (or a replaced weight) holds.
    case frozen
    /// Mean and variance of the shard (1502.03167): with several shards in a batch each has its own, as
    /// in ghost batch normalization (1705.08741) and PyTorch's `DataParallel`.
    case ofShard
  }

  /// What one call found.
  public struct Step: Sendable {
    /// The loss as the caller's closure gave it.
    public let loss: Double
    /// dL/dv of each wanted value by name, float32 in its shape; a value that the loss does not depend
    /// on is missing.
    public let gradients: [String: Tensor]
    /// Means and unbiased variances (n - 1) of the shard, by the name of the constant that holds the
    /// running one; empty where frozen.
    ///
    /// PyTorch's update takes them: `running = (1 - momentum) running + momentum batch`.
    public let statistics: [String: Tensor]
  }

  /// The graph.
  public let graph: NetworkGraph
  /// The values whose gradients are asked for: constants or inputs by name.
  public let wanted: Set<String>
  /// Memory for the values of one step, in bytes.
  public let byteLimit: Int
  let plan: TapePlan
  /// Cuts by the shapes of the inputs.
  let known = Mutex<[[String: [Int]]: TapeSegments]>([:])
  private let memory: KernelMemory

  /// Prepares both ways.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - wanted: Constants or inputs by name.
  ///   - byteLimit: Memory for the values of one step, and so for each thread that takes one; the least
  ///     possible where that is more. Weights are not counted.
  /// - Throws: ``EngineError`` with code `unsupported` naming what can't be run or differentiated.
  public init(
    graph: NetworkGraph, wanted: Set<String>, byteLimit: Int = .max
  ) throws(EngineError) {
    self.graph = graph
    self.wanted = wanted
    self.byteLimit = byteLimit
    memory = KernelMemory(freeByteLimit: min(byteLimit, 1 << 30))
    plan = try TapePlan(graph: graph, wanted: wanted, rules: .standard, memory: memory)
  }

  /// Runs a shard forwards and backwards.
  ///
  /// - Parameters:
  ///   - inputs: Values of the graph's runtime inputs by name, samples along their first axis.
  ///   - weights: Tensors that stand in for constants of the same name, type and shape; gradients are
  ///     those with respect to them.
  ///   - batchNormalization: Which statistics batch normalization takes.
  ///   - loss: From the graph's outputs by name the loss of this shard and dL/dy of each output that it
  ///     depends on, float32 in its shape.
  /// - Throws: ``EngineError``; what `loss` throws.
  public func step(
    inputs: [String: Tensor], weights: [String: Tensor] = [:],
    batchNormalization: BatchNormalization = .frozen,
    loss: (_ outputs: [String: Tensor]) throws -> (value: Double, seeds: [String: Tensor])
  ) throws -> Step {
    try InputCheck(graph: graph).check(inputs)
    let tape = Tape(
      memory: memory, flow: plan.flow, inputs: inputs, weights: weights,
      constants: plan.constants, batchNormalization: batchNormalization)
    let segments = segments(inputs.mapValues(\.shape))
    for (index, range) in segments.ranges.enumerated() {
      try forward(range, tape)
      if index < segments.kept.count { tape.keep(only: segments.kept[index]) }
    }
    var outputs: [String: Tensor] = [:]
    for output in graph.outputs { outputs[output.name] = try tape.tensor(output.name) }
    let (value, seeds) = try loss(outputs)
    for (name, seed) in seeds { try tape.add(seed, to: name) }
    for (index, range) in segments.ranges.enumerated().reversed() {
      // The last segment's values are still there.
      if index < segments.kept.count { try forward(range, tape) }
      for step in plan.steps[range].reversed() {
        if plan.flow.reaches(step.inputs) {
          try located(step) { () throws(EngineError) in try step.backward(tape) }
        }
        tape.release(step.outputs)
      }
    }
    var gradients: [String: Tensor] = [:]
    for name in wanted { gradients[name] = try tape.plainGradient(name) }
    return Step(loss: value, gradients: gradients, statistics: tape.statistics)
  }

  private func forward(_ range: Range<Int>, _ tape: Tape) throws(EngineError) {
    for step in plan.steps[range] {
      try located(step) { () throws(EngineError) in try step.forward(tape) }
    }
  }

  private func located(
    _ step: any TapeStep, _ body: () throws(EngineError) -> Void
  ) throws(EngineError) {
    do throws(EngineError) {
      try body()
    } catch {
      throw error.about("the node that makes '\(step.outputs.first ?? "")'")
    }
  }
}
