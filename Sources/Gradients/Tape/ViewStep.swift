import Execution
import NetworkGraph
import Operators
import Tensors

/// A node that shows the elements of its first input under another shape.
struct ViewStep: TapeStep {
  static let operators: Set<String> = ["Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]

  let node: Node
  let opset: Int

  var inputs: [String] { node.inputs }
  var outputs: [String] { node.outputs }

  func forward(_ tape: Tape) throws(EngineError) {
    guard let entry = OperatorRegistry.standard[node] else { return }
    var given: [Tensor?] = []
    for name in node.inputs { given.append(try tape.optionalTensor(name)) }
    let result = try entry.run(OperatorCall(node: node, opset: opset), given)
    tape.set(outputs[0], result[0])
    tape.kept[outputs[0]] = given[0]?.shape ?? []
  }

  func backward(_ tape: Tape) throws(EngineError) {
    guard let gradient = try tape.plainGradient(outputs[0]),
      let shape = tape.kept[outputs[0]] as? [Int]
    else { return }
    try tape.add(gradient.reshaped(shape), to: inputs[0])
  }
}
