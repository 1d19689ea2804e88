import Execution
import NetworkGraph
import Tensors

/// Runs a graph forwards and backwards: a loss and how it depends on weights or inputs.
///
/// One call takes one shard, a part of a batch, and uses the calling thread only; any number of threads
/// may call at once. A batch of several shards has the sum of their gradients, added up in the order of
/// the shards whatever thread made them. Dropout is off.
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
  private let frozen: Pass
  private let training: Pass

  /// A graph that yields every value that the way back reads, and that way.
  private struct Pass: Sendable {
    let backward: BackwardPass
    let forward: FastExecutor
    let normalizations: [Normalization]
  }

  /// Where a batch normalization in training form leaves its statistics.
  private struct Normalization: Sendable {
    let input: String
    let mean: (constant: String, value: String)
    let variance: (constant: String, value: String)
  }

  /// Prepares both ways.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - wanted: Constants or inputs by name.
  /// - Throws: ``EngineError`` with code `unsupported` naming what can't be run or differentiated.
  public init(graph: NetworkGraph, wanted: Set<String>) throws(EngineError) {
    self.graph = graph
    self.wanted = wanted
    frozen = try Self.pass(graph, wanted, [])
    let (rewritten, normalizations) = Self.inTrainingForm(graph)
    training =
      normalizations.isEmpty ? frozen : try Self.pass(rewritten, wanted, normalizations)
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
    let pass = batchNormalization == .frozen ? frozen : training
    let run = try pass.forward.run(inputs: inputs, weights: weights, options: RunOptions())
    var outputs: [String: Tensor] = [:]
    for output in graph.outputs { outputs[output.name] = run.outputs[output.name] }
    let (value, seeds) = try loss(outputs)
    let values = run.outputs.merging(inputs) { $1 }.merging(weights) { $1 }
    let gradients = try pass.backward.gradients(values: values, seeds: seeds)
    var statistics: [String: Tensor] = [:]
    for normalization in pass.normalizations {
      guard let mean = run.outputs[normalization.mean.value],
        let variance = run.outputs[normalization.variance.value],
        let shape = values[normalization.input]?.shape, mean.count > 0
      else { continue }
      let count = Float(shape.reduce(1, *) / mean.count)
      statistics[normalization.mean.constant] = mean
      statistics[normalization.variance.constant] = Elements.map(variance) {
        count > 1 ? $0 * (count / (count - 1)) : $0
      }
    }
    return Step(loss: value, gradients: gradients, statistics: statistics)
  }

  private static func pass(
    _ graph: NetworkGraph, _ wanted: Set<String>, _ normalizations: [Normalization]
  ) throws(EngineError) -> Pass {
    let backward = try BackwardPass(graph: graph, wanted: wanted)
    var yielding = graph
    var declared = Set(graph.outputs.map(\.name))
    let kept = normalizations.flatMap { [$0.input, $0.mean.value, $0.variance.value] }
    let needed = backward.neededValues.union(kept)
    for node in graph.nodes where node.op != "Constant" {
      for name in node.outputs where needed.contains(name) && declared.insert(name).inserted {
        yielding.outputs.append(ValueInfo(name: name, type: nil, shape: nil))
      }
    }
    return Pass(
      backward: backward, forward: try FastExecutor(graph: yielding),
      normalizations: normalizations)
  }

  /// The graph with its batch normalizations in training form: with a momentum of 0 their further
  /// outputs are the batch's own mean and (biased) variance.
  private static func inTrainingForm(_ graph: NetworkGraph) -> (NetworkGraph, [Normalization]) {
    var graph = graph
    var normalizations: [Normalization] = []
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      guard node.op == "BatchNormalization", node.domain.isEmpty, node.inputs.count == 5 else {
        continue
      }
      let names = ["mean", "variance"].map { "\(node.outputs[0]):batch_\($0)" }
      graph.nodes[index].outputs = [node.outputs[0]] + names
      graph.nodes[index].attributes["training_mode"] = .int(1)
      graph.nodes[index].attributes["momentum"] = .float(0)
      normalizations.append(
        Normalization(
          input: node.inputs[0], mean: (node.inputs[3], names[0]),
          variance: (node.inputs[4], names[1])))
    }
    return (graph, normalizations)
  }
}
