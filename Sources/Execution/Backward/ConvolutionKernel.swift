import COneDNN
import NetworkGraph
import Synchronization
import Tensors

/// A convolution and its gradients by oneDNN, in the layouts that it likes best, for training.
///
/// A following `Relu` is part of it when asked for. The direct algorithm is used, whose rounding errors
/// are those of a plain sum.
package final class ConvolutionKernel: Sendable {
  /// What the way back needs.
  package struct Kept: Sendable {
    let source: RunValue
    let result: RunValue
  }

  /// The primitives for one shape of the source.
  private struct Plan: Sendable {
    let target: [Int]
    let forward: Primitive
    let source: DataLayout
    let weights: DataLayout
    let result: DataLayout
    let ofSource: Backward
    let ofWeights: Backward
    let clip: Primitive?
  }

  /// A gradient with the layouts of what it reads and of its result, which stay the same objects.
  private struct Backward: Sendable {
    let primitive: Primitive
    let gradient: DataLayout
    /// The weights for the source's gradient, the source for the weights'.
    let other: DataLayout
    let result: DataLayout
  }

  private let node: Node
  private let memory: KernelMemory
  private let hasRelu: Bool
  private let plans = Mutex<[[Int]: Plan]>([:])

  /// A kernel for a `Conv` node.
  package init(_ node: Node, clips hasRelu: Bool, memory: KernelMemory) {
    self.node = node
    self.hasRelu = hasRelu
    self.memory = memory
  }

  /// Y = X * W + b.
  ///
  /// - Parameters:
  ///   - x: (N, I, spatial axes).
  ///   - weight: (O, I / groups, kernel axes).
  ///   - bias: (O).
  /// - Throws: ``EngineError`` with code `unsupported` when the shapes do not belong together.
  package func forward(
    _ x: RunValue, weight: Tensor, bias: Tensor?
  ) throws(EngineError) -> (y: RunValue, kept: Kept) {
    let plan = try plan(x.shape, weight.shape, hasBias: bias != nil)
    return try engine { () throws(OneDNNError) in
      let source = try memory.converted(x, to: plan.source)
      let weights = try memory.converted(laid(weight), to: plan.weights)
      var inputs: [(Int, DataLayout, RunValue)] = [
        (Int(CDNN_ARG_SRC), plan.source, source), (Int(CDNN_ARG_WEIGHTS), plan.weights, weights),
      ]
      if let bias {
        inputs.append((Int(CDNN_ARG_BIAS), try memory.plain(bias.shape), RunValue(bias)))
      }
      let y = try memory.run(
        plan.forward, inputs, into: [(Int(CDNN_ARG_DST), plan.result, plan.target)])[0]
      return (y, Kept(source: source, result: y))
    }
  }

  /// dL/dX, dL/dW and dL/db from dL/dY; nil where they are not wanted.
  ///
  /// - Throws: ``EngineError``.
  package func backward(
    _ gradient: RunValue, _ kept: Kept, weight: Tensor, hasBias: Bool,
    wants: (x: Bool, weight: Bool, bias: Bool)
  ) throws(EngineError) -> (x: RunValue?, weight: Tensor?, bias: Tensor?) {
    let plan = try plan(kept.source.shape, weight.shape, hasBias: hasBias)
    return try engine { () throws(OneDNNError) in
      var gradient = gradient
      if let clip = plan.clip {
        gradient = try memory.run(
          clip,
          [
            (CDNN_ARG_DST, plan.result, kept.result),
            (CDNN_ARG_DIFF_DST, plan.result, try memory.converted(gradient, to: plan.result)),
          ], into: [(CDNN_ARG_DIFF_SRC, plan.result, plan.target)])[0]
      }
      let ofX = wants.x ? try sourceGradient(gradient, plan, kept, weight) : nil
      guard wants.weight || wants.bias else { return (ofX, nil, nil) }
      let (ofWeight, ofBias) = try weightGradients(gradient, plan, kept, weight, hasBias)
      return (ofX, wants.weight ? ofWeight : nil, wants.bias ? ofBias : nil)
    }
  }

  private func sourceGradient(
    _ gradient: RunValue, _ plan: Plan, _ kept: Kept, _ weight: Tensor
  ) throws(OneDNNError) -> RunValue {
    let step = plan.ofSource
    return try memory.run(
      step.primitive,
      [
        (CDNN_ARG_DIFF_DST, step.gradient, try memory.converted(gradient, to: step.gradient)),
        (CDNN_ARG_WEIGHTS, step.other, try memory.converted(laid(weight), to: step.other)),
      ], into: [(CDNN_ARG_DIFF_SRC, step.result, kept.source.shape)])[0]
  }

  private func weightGradients(
    _ gradient: RunValue, _ plan: Plan, _ kept: Kept, _ weight: Tensor, _ hasBias: Bool
  ) throws(OneDNNError) -> (Tensor, Tensor?) {
    let step = plan.ofWeights
    let view = laid(weight).shape
    var results = [(Int(CDNN_ARG_DIFF_WEIGHTS), step.result, view)]
    if hasBias {
      let channels = [plan.target[1]]
      results.append((Int(CDNN_ARG_DIFF_BIAS), try memory.plain(channels), channels))
    }
    let found = try memory.run(
      step.primitive,
      [
        (Int(CDNN_ARG_SRC), step.other, try memory.converted(kept.source, to: step.other)),
        (
          Int(CDNN_ARG_DIFF_DST), step.gradient,
          try memory.converted(gradient, to: step.gradient)
        ),
      ], into: results)
    let plain = try memory.converted(found[0], to: memory.plain(view)).tensor
    return (plain.reshaped(weight.shape), found.count > 1 ? found[1].tensor : nil)
  }

  /// The weights as oneDNN sees them: with an axis of their own for groups.
  private func laid(_ weight: Tensor) -> RunValue {
    let groups = node.int("group") ?? 1
    guard groups > 1 else { return RunValue(weight) }
    return RunValue(
      weight.reshaped([groups, weight.shape[0] / groups] + weight.shape.dropFirst()))
  }

  private func plan(
    _ source: [Int], _ kernel: [Int], hasBias: Bool
  ) throws(EngineError) -> Plan {
    if let ready = plans.withLock({ $0[source] }) { return ready }
    let groups = node.int("group") ?? 1
    guard source.count == kernel.count, (3...5).contains(kernel.count), groups > 0,
      kernel[0] % groups == 0, kernel[1] * groups == source[1], !source.contains(0),
      let target = Self.target(node, source, kernel),
      let geometry = KernelGeometry(
        node, kernel: Array(kernel.dropFirst(2)), input: Array(source.dropFirst(2)),
        output: Array(target.dropFirst(2)))
    else {
      throw EngineError(
        .unsupported, problem: "a convolution of \(source) with \(kernel) can't be trained here",
        remedy: "Freeze this layer")
    }
    let made = try engine { () throws(OneDNNError) in
      try make(source, kernel, target, geometry, hasBias: hasBias)
    }
    plans.withLock { $0[source] = made }
    return made
  }

  private func make(
    _ source: [Int], _ kernel: [Int], _ target: [Int], _ geometry: KernelGeometry, hasBias: Bool
  ) throws(OneDNNError) -> Plan {
    let groups = node.int("group") ?? 1
    let view = groups == 1 ? kernel : [groups, kernel[0] / groups] + kernel.dropFirst()
    let weights = try DataLayout.any(view)
    let bias = hasBias ? try DataLayout.plain([kernel[0]]) : nil
    let from = try Self.preferred(source)
    let into = try Self.preferred(target)
    let ops = hasRelu ? [cdnn_post_op(function: Int32(CDNN_RELU), alpha: 0, beta: 0)] : []
    let forward = try Primitive {
      cdnn_convolution(
        &$0, 0, from.handle, weights.handle, bias?.handle, into.handle, geometry.strides.int64,
        geometry.skips, geometry.padsBegin.int64, geometry.padsEnd.int64, ops, Int32(ops.count))
    }
    func backward(_ ofWeights: Bool) throws(OneDNNError) -> Backward {
      let primitive = try Primitive {
        cdnn_convolution_backward(
          &$0, ofWeights ? 1 : 0, from.handle, weights.handle, ofWeights ? bias?.handle : nil,
          into.handle, geometry.strides.int64, geometry.skips, geometry.padsBegin.int64,
          geometry.padsEnd.int64)
      }
      return Backward(
        primitive: primitive, gradient: try primitive.layout(Int(CDNN_ARG_DIFF_DST)),
        other: try primitive.layout(Int(ofWeights ? CDNN_ARG_SRC : CDNN_ARG_WEIGHTS)),
        result: try primitive.layout(Int(ofWeights ? CDNN_ARG_DIFF_WEIGHTS : CDNN_ARG_DIFF_SRC)))
    }
    let result = try forward.layout(Int(CDNN_ARG_DST))
    return Plan(
      target: target, forward: forward, source: try forward.layout(Int(CDNN_ARG_SRC)),
      weights: try forward.layout(Int(CDNN_ARG_WEIGHTS)), result: result,
      ofSource: try backward(false), ofWeights: try backward(true),
      clip: hasRelu ? try Primitive { cdnn_relu_backward(&$0, result.handle) } : nil)
  }

  /// Channels in blocks where they fill them, so that all three convolutions, normalizations and sums
  /// share one layout; oneDNN's choice otherwise.
  private static func preferred(_ shape: [Int]) throws(OneDNNError) -> DataLayout {
    shape[1] % 16 == 0 ? try .blocked(shape, .float32) : try .any(shape)
  }

  /// The shape of the result; nil when the kernel does not fit.
  private static func target(_ node: Node, _ source: [Int], _ kernel: [Int]) -> [Int]? {
    let rank = kernel.count - 2
    let strides = node.ints("strides") ?? Array(repeating: 1, count: rank)
    let dilations = node.ints("dilations") ?? Array(repeating: 1, count: rank)
    let isSame = (node.string("auto_pad") ?? "NOTSET").hasPrefix("SAME")
    let isValid = node.string("auto_pad") == "VALID"
    let pads = isValid ? nil : node.ints("pads")
    guard strides.count == rank, dilations.count == rank, pads?.count ?? 2 * rank == 2 * rank else {
      return nil
    }
    var target = [source[0], kernel[0]]
    for axis in 0..<rank {
      let length = source[axis + 2]
      let reach = dilations[axis] * (kernel[axis + 2] - 1) + 1
      let padded = length + (pads?[axis] ?? 0) + (pads?[axis + rank] ?? 0)
      let steps =
        isSame ? (length + strides[axis] - 1) / strides[axis] : (padded - reach) / strides[axis] + 1
      guard steps > 0, isSame || padded >= reach else { return nil }
      target.append(steps)
    }
    return target
  }
}
