import Execution
import NetworkGraph
import Tensors

/// An `Add` node of two values of one shape with the `Relu` behind it, or either of them alone.
///
/// Where the shapes differ, as a bias does, the sum is a ``GeneralStep``.
struct SumStep: TapeStep {
  let inputs: [String]
  let outputs: [String]
  private let kernel: SumKernel
  /// The sum as any other node, under the name in front of the `Relu`.
  private let general: GeneralStep?
  private let hasRelu: Bool

  init(_ add: Node?, general: GeneralStep?, relu: Node?, memory: KernelMemory) {
    inputs = (add ?? relu)?.inputs ?? []
    outputs = (relu ?? add)?.outputs ?? []
    self.general = general
    hasRelu = relu != nil
    kernel = SumKernel(memory: memory)
  }

  func forward(_ tape: Tape) throws(EngineError) {
    let a = try tape.value(inputs[0])
    guard let general else {
      tape.set(outputs[0], try kernel.clippedSum(a, nil))
      return
    }
    let b = try tape.value(inputs[1])
    if a.shape == b.shape, a.isFloat, b.isFloat {
      tape.set(outputs[0], try hasRelu ? kernel.clippedSum(a, b) : tape.memory.sum(a, b))
      return
    }
    try general.forward(tape)
    tape.kept[outputs[0]] = true
    guard hasRelu else { return }
    tape.set(outputs[0], try kernel.clippedSum(tape.value(general.outputs[0]), nil))
  }

  func backward(_ tape: Tape) throws(EngineError) {
    guard var gradient = tape.gradient(outputs[0]) else { return }
    if hasRelu {
      gradient = try kernel.backward(gradient, result: tape.value(outputs[0]))
    }
    if let general, tape.kept[outputs[0]] != nil {
      if hasRelu { try tape.add(gradient, to: general.outputs[0]) }
      try general.backward(tape)
      tape.release(general.outputs)
      return
    }
    for name in inputs { try tape.add(gradient, to: name) }
  }
}
