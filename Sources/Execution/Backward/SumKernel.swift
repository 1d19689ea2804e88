import COneDNN
import Synchronization
import Tensors

/// max(a + b, 0) of two values of one shape, or max(a, 0), and the gradient, in the layout of `a`.
package final class SumKernel: Sendable {
  private struct Plan: Sendable {
    /// Held, so that its identity stays its own.
    let layout: DataLayout
    let clip: Primitive
    let backward: Primitive
  }

  private let memory: KernelMemory
  private let plans = Mutex<[ObjectIdentifier: Plan]>([:])

  /// Nothing is prepared yet.
  package init(memory: KernelMemory) { self.memory = memory }

  /// max(a + b, 0); max(a, 0) without `b`.
  ///
  /// - Throws: ``EngineError``.
  package func clippedSum(_ a: RunValue, _ b: RunValue?) throws(EngineError) -> RunValue {
    try engine { () throws(OneDNNError) in
      if let b { return try memory.sum(a, b, clipped: true) }
      let plan = try plan(a)
      return try memory.run(
        plan.clip, [(CDNN_ARG_SRC, plan.layout, a)], into: [(CDNN_ARG_DST, plan.layout, a.shape)]
      )[0]
    }
  }

  /// dL/da (and dL/db): dL/dy where the result is positive, 0 elsewhere.
  ///
  /// - Throws: ``EngineError``.
  package func backward(
    _ gradient: RunValue, result: RunValue
  ) throws(EngineError) -> RunValue {
    try engine { () throws(OneDNNError) in
      let plan = try plan(result)
      return try memory.run(
        plan.backward,
        [
          (CDNN_ARG_DST, plan.layout, result),
          (CDNN_ARG_DIFF_DST, plan.layout, try memory.converted(gradient, to: plan.layout)),
        ], into: [(CDNN_ARG_DIFF_SRC, plan.layout, result.shape)])[0]
    }
  }

  private func plan(_ value: RunValue) throws(OneDNNError) -> Plan {
    let layout = try memory.layout(of: value)
    if let ready = plans.withLock({ $0[ObjectIdentifier(layout)] }) { return ready }
    let made = Plan(
      layout: layout,
      clip: try Primitive { cdnn_eltwise(&$0, Int32(CDNN_RELU), layout.handle, 0, 0) },
      backward: try Primitive { cdnn_relu_backward(&$0, layout.handle) })
    plans.withLock { $0[ObjectIdentifier(layout)] = made }
    return made
  }
}
