import COneDNN
import NetworkGraph
import Synchronization
import Tensors

/// Batch normalization and its gradients by oneDNN, in the layout of its source.
///
/// A following `Relu` is part of it when asked for.
package final class NormalizationKernel: Sendable {
  /// What the way back needs.
  package struct Kept: Sendable {
    let source: RunValue
    let result: RunValue
    let isGiven: Bool
    let workspace: RunValue?
    /// What was normalized with: (C), the variance without Bessel's correction.
    package let mean: Tensor
    package let variance: Tensor
  }

  private struct Key: Hashable {
    let layout: ObjectIdentifier
    let isGiven: Bool
  }

  private struct Plan: Sendable {
    /// Held, so that its identity stays its own.
    let layout: DataLayout
    let forward: Primitive
    let backward: Primitive
    let workspace: DataLayout?
  }

  private let epsilon: Float
  private let hasRelu: Bool
  private let memory: KernelMemory
  private let plans = Mutex<[Key: Plan]>([:])

  /// A kernel for a `BatchNormalization` node.
  package init(_ node: Node, clips hasRelu: Bool, memory: KernelMemory) {
    epsilon = node.float("epsilon") ?? 1e-5
    self.hasRelu = hasRelu
    self.memory = memory
  }

  /// y = scale (x - mean) / sqrt(variance + epsilon) + shift.
  ///
  /// - Parameters:
  ///   - x: (N, C, spatial axes).
  ///   - scale: (C).
  ///   - shift: (C).
  ///   - statistics: Mean and variance, (C); nil takes those of `x`.
  /// - Throws: ``EngineError``.
  package func forward(
    _ x: RunValue, scale: Tensor, shift: Tensor, statistics: (mean: Tensor, variance: Tensor)?
  ) throws(EngineError) -> (y: RunValue, kept: Kept) {
    try engine { () throws(OneDNNError) in
      let plan = try plan(x, isGiven: statistics != nil)
      let channel = try memory.plain(scale.shape)
      var inputs: [(Int, DataLayout, RunValue)] = [
        (Int(CDNN_ARG_SRC), plan.layout, x), (Int(CDNN_ARG_SCALE), channel, RunValue(scale)),
        (Int(CDNN_ARG_SHIFT), channel, RunValue(shift)),
      ]
      var results = [(Int(CDNN_ARG_DST), plan.layout, x.shape)]
      if let statistics {
        inputs.append((Int(CDNN_ARG_MEAN), channel, RunValue(statistics.mean)))
        inputs.append((Int(CDNN_ARG_VARIANCE), channel, RunValue(statistics.variance)))
      } else {
        results.append((Int(CDNN_ARG_MEAN), channel, scale.shape))
        results.append((Int(CDNN_ARG_VARIANCE), channel, scale.shape))
      }
      if let workspace = plan.workspace {
        results.append((Int(CDNN_ARG_WORKSPACE), workspace, workspace.shape))
      }
      let found = try memory.run(plan.forward, inputs, into: results)
      let kept = Kept(
        source: x, result: found[0], isGiven: statistics != nil,
        workspace: plan.workspace == nil ? nil : found.last,
        mean: statistics?.mean ?? found[1].tensor,
        variance: statistics?.variance ?? found[2].tensor)
      return (found[0], kept)
    }
  }

  /// dL/dx, dL/dscale and dL/dshift from dL/dy.
  ///
  /// - Throws: ``EngineError``.
  package func backward(
    _ gradient: RunValue, _ kept: Kept, scale: Tensor, shift: Tensor
  ) throws(EngineError) -> (x: RunValue, scale: Tensor, shift: Tensor) {
    try engine { () throws(OneDNNError) in
      let plan = try plan(kept.source, isGiven: kept.isGiven)
      let channel = try memory.plain(scale.shape)
      var inputs: [(Int, DataLayout, RunValue)] = [
        (Int(CDNN_ARG_SRC), plan.layout, kept.source),
        (Int(CDNN_ARG_MEAN), channel, RunValue(kept.mean)),
        (Int(CDNN_ARG_VARIANCE), channel, RunValue(kept.variance)),
        (Int(CDNN_ARG_SCALE), channel, RunValue(scale)),
        (Int(CDNN_ARG_SHIFT), channel, RunValue(shift)),
        (
          Int(CDNN_ARG_DIFF_DST), plan.layout, try memory.converted(gradient, to: plan.layout)
        ),
      ]
      if let workspace = plan.workspace, let value = kept.workspace {
        inputs.append((Int(CDNN_ARG_WORKSPACE), workspace, value))
      }
      let found = try memory.run(
        plan.backward, inputs,
        into: [
          (Int(CDNN_ARG_DIFF_SRC), plan.layout, kept.source.shape),
          (Int(CDNN_ARG_DIFF_SCALE), channel, scale.shape),
          (Int(CDNN_ARG_DIFF_SHIFT), channel, scale.shape),
        ])
      return (found[0], found[1].tensor, found[2].tensor)
    }
  }

  private func plan(_ x: RunValue, isGiven: Bool) throws(OneDNNError) -> Plan {
    let layout = try memory.layout(of: x)
    let key = Key(layout: ObjectIdentifier(layout), isGiven: isGiven)
    if let ready = plans.withLock({ $0[key] }) { return ready }
    func primitive(_ backward: Int32) throws(OneDNNError) -> Primitive {
      try Primitive {
        cdnn_batch_normalization_training(
          &$0, backward, layout.handle, epsilon, isGiven ? 1 : 0, hasRelu ? 1 : 0)
      }
    }
    let forward = try primitive(0)
    let made = Plan(
      layout: layout, forward: forward, backward: try primitive(1),
      workspace: hasRelu ? try forward.layout(Int(CDNN_ARG_WORKSPACE)) : nil)
    plans.withLock { $0[key] = made }
    return made
  }
}
