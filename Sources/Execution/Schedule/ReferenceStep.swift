import NetworkGraph
import Tensors

/// Runs a node with its operator's reference kernel on plain tensors.
struct ReferenceStep: Step {
  let node: Node
  let interpreter: PlainInterpreter
  /// The inputs in order; nil for omitted ones.
  let inputs: [Source?]
  /// What subgraphs read from outside.
  let captured: [String: Source]
  /// The slots of the outputs in order; nil for outputs that nobody needs.
  let outputs: [Int?]

  var sources: [Source] { inputs.compactMap { $0 } + captured.values }
  var results: [Int] { outputs.compactMap { $0 } }
  var implementation: String { "reference" }

  func run(_ state: RunState) throws {
    let tensors = try inputs.map { try $0.map { try state.read($0).tensor } }
    let outer = try captured.mapValues { try state.read($0).tensor }
    let results = try interpreter.run(node, inputs: tensors, captured: outer)
    for (slot, tensor) in zip(outputs, results) {
      if let slot { state.values[slot] = RunValue(tensor) }
    }
  }
}
