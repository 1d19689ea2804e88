import Execution
import NetworkGraph
import Tensors

/// A `BatchNormalization` node, with the `Relu` behind it.
struct NormalizationStep: TapeStep {
  let node: Node
  let outputs: [String]
  private let kernel: NormalizationKernel

  init(_ node: Node, relu: Node?, memory: KernelMemory) {
    self.node = node
    outputs = [(relu ?? node).outputs[0]]
    kernel = NormalizationKernel(node, clips: relu != nil, memory: memory)
  }

  var inputs: [String] { node.inputs }

  func forward(_ tape: Tape) throws(EngineError) {
    let x = try tape.value(node.inputs[0])
    let isFrozen = tape.batchNormalization == .frozen
    let (y, kept) = try kernel.forward(
      x, scale: tape.tensor(node.inputs[1]), shift: tape.tensor(node.inputs[2]),
      statistics: isFrozen ? (tape.tensor(node.inputs[3]), tape.tensor(node.inputs[4])) : nil)
    tape.set(outputs[0], y)
    tape.kept[outputs[0]] = kept
    guard !isFrozen, kept.mean.count > 0 else { return }
    let count = Float(x.shape.reduce(1, *) / kept.mean.count)
    tape.statistics[node.inputs[3]] = kept.mean
    tape.statistics[node.inputs[4]] = Elements.map(kept.variance) {
      count > 1 ? $0 * (count / (count - 1)) : $0
    }
  }

  func backward(_ tape: Tape) throws(EngineError) {
    guard let gradient = tape.gradient(outputs[0]),
      let kept = tape.kept[outputs[0]] as? NormalizationKernel.Kept
    else { return }
    let found = try kernel.backward(
      gradient, kept, scale: tape.tensor(node.inputs[1]), shift: tape.tensor(node.inputs[2]))
    try tape.add(found.x, to: node.inputs[0])
    try tape.add(found.scale, to: node.inputs[1])
    try tape.add(found.shift, to: node.inputs[2])
  }
}
