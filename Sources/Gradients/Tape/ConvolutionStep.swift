import Execution
import NetworkGraph
import Tensors

/// A `Conv` node, with the `Relu` behind it.
struct ConvolutionStep: TapeStep {
  let node: Node
  let outputs: [String]
  private let kernel: ConvolutionKernel

  init(_ node: Node, relu: Node?, memory: KernelMemory) {
    self.node = node
    outputs = (relu ?? node).outputs
    kernel = ConvolutionKernel(node, clips: relu != nil, memory: memory)
  }

  var inputs: [String] { node.inputs }
  private var bias: String { node.inputs.count > 2 ? node.inputs[2] : "" }

  func forward(_ tape: Tape) throws(EngineError) {
    let (y, kept) = try kernel.forward(
      tape.value(node.inputs[0]), weight: tape.tensor(node.inputs[1]),
      bias: tape.optionalTensor(bias))
    tape.set(outputs[0], y)
    tape.kept[outputs[0]] = kept
  }

  func backward(_ tape: Tape) throws(EngineError) {
    guard let gradient = tape.gradient(outputs[0]),
      let kept = tape.kept[outputs[0]] as? ConvolutionKernel.Kept
    else { return }
    let wanted = { name in tape.flow.depending.contains(name) }
    let found = try kernel.backward(
      gradient, kept, weight: tape.tensor(node.inputs[1]), hasBias: !bias.isEmpty,
      wants: (wanted(node.inputs[0]), wanted(node.inputs[1]), wanted(bias)))
    if let x = found.x { try tape.add(x, to: node.inputs[0]) }
    try tape.add(found.weight, to: node.inputs[1])
    try tape.add(found.bias, to: bias)
  }
}
