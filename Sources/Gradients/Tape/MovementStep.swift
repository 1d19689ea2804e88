import Execution
import NetworkGraph
import Operators
import Synchronization
import Tensors

/// A node that copies each element of its first input to one place at most and fills up with zeros: where
/// they go is worked out once for each shape.
final class MovementStep: TapeStep {
  static let operators: Set<String> = ["DepthToSpace", "Pad", "Slice", "SpaceToDepth", "Transpose"]

  private struct Places: Sendable {
    let shape: [Int]
    /// For each element of the result one more than the number of the element that it is; 0 for none.
    let sources: [Int32]
  }

  let inputs: [String]
  let outputs: [String]
  private let node: Node
  private let opset: Int
  /// The node as any other, for integers.
  private let general: GeneralStep
  private let known = Mutex<[[Int]: Places]>([:])

  /// - Returns: Nil for nodes that don't just move elements, or whose other inputs are no constants.
  init?(_ node: Node, opset: Int, constants: [String: Tensor], general: GeneralStep) {
    guard node.domain.isEmpty, Self.operators.contains(node.op),
      node.inputs.dropFirst().allSatisfy({ $0.isEmpty || constants[$0] != nil })
    else { return nil }
    if node.op == "Pad" {
      let fills = node.inputs.count > 2 ? constants[node.inputs[2]]?.doubles ?? [] : []
      guard node.string("mode") ?? "constant" == "constant", node.float("value") ?? 0 == 0,
        fills.allSatisfy({ $0 == 0 })
      else { return nil }
    }
    self.node = node
    self.opset = opset
    self.general = general
    inputs = node.inputs
    outputs = node.outputs
  }

  func forward(_ tape: Tape) throws(EngineError) {
    let x = try tape.tensor(inputs[0])
    // Shapes are cut and turned, too: gradients do not pass through integers.
    guard x.type == .float32 else { return try general.forward(tape) }
    let places = try places(x, tape)
    tape.set(
      outputs[0],
      Tensor.building(places.shape, of: Float.self) { result in
        x.withElements(of: Float.self) { x in
          for (place, source) in places.sources.enumerated() {
            result[place] = source > 0 ? x[Int(source) - 1] : 0
          }
        }
      })
  }

  func backward(_ tape: Tape) throws(EngineError) {
    guard let gradient = try tape.plainGradient(outputs[0]) else { return }
    let x = try tape.tensor(inputs[0])
    guard x.type == .float32 else { return }
    let places = try places(x, tape)
    let result = Tensor.building(x.shape, of: Float.self) { result in
      result.initialize(repeating: 0)
      gradient.withElements(of: Float.self) { gradient in
        for (place, source) in places.sources.enumerated() where source > 0 {
          result[Int(source) - 1] += gradient[place]
        }
      }
    }
    try tape.add(result, to: inputs[0])
  }

  /// The operator itself tells: it is run on the numbers 1, 2, 3 ...
  private func places(_ x: Tensor, _ tape: Tape) throws(EngineError) -> Places {
    if let ready = known.withLock({ $0[x.shape] }) { return ready }
    guard x.type == .float32, x.count < Int32.max, let entry = OperatorRegistry.standard[node]
    else {
      throw EngineError(
        .unsupported, problem: "\(node.op) of \(x.type) \(x.shape) has no gradient here",
        remedy: "Freeze the layers in front of it")
    }
    var given: [Tensor?] = [
      Tensor.building(x.shape, of: Int64.self) { numbers in
        for place in numbers.indices { numbers[place] = Int64(place + 1) }
      }
    ]
    for name in inputs.dropFirst() { given.append(try tape.optionalTensor(name)) }
    if node.op == "Pad", given.count > 2, given[2] != nil { given[2] = Tensor(scalar: Int64(0)) }
    let result = try entry.run(OperatorCall(node: node, opset: opset), given)[0]
    let made = Places(
      shape: result.shape,
      sources: result.withElements(of: Int64.self) { $0.map { Int32($0) } })
    known.withLock { $0[x.shape] = made }
    return made
  }
}
