import Execution
import NetworkGraph
import Operators
import Tensors

/// What a tape goes through, from the front to the back.
struct TapePlan: Sendable {
  let steps: [any TapeStep]
  let flow: GradientFlow
  /// Initializers, `Constant` outputs and what nodes make of integers alone.
  let constants: [String: Tensor]
  private let graph: NetworkGraph

  init(
    graph: NetworkGraph, wanted: Set<String>, rules: GradientRegistry, memory: KernelMemory
  ) throws(EngineError) {
    self.graph = graph
    flow = try GradientFlow(graph: graph, wanted: wanted, rules: rules)
    var constants: [String: Tensor] = [:]
    for (name, tensor) in graph.initializers { constants[name] = tensor }
    var nodes: [Node] = []
    let needed = Self.needed(graph)
    for (index, node) in graph.nodes.enumerated() where needed.contains(index) {
      if let value = node.constantValue {
        constants[node.outputs[0]] = value
      } else if let results = try Self.folded(node, graph, constants, wanted) {
        for (name, value) in zip(node.outputs, results) { constants[name] = value }
      } else {
        nodes.append(node)
      }
    }
    self.constants = constants
    steps = Self.steps(nodes, graph, rules, constants, flow, memory)
  }

  private static func steps(
    _ nodes: [Node], _ graph: NetworkGraph, _ rules: GradientRegistry,
    _ constants: [String: Tensor], _ flow: GradientFlow, _ memory: KernelMemory
  ) -> [any TapeStep] {
    let relus = fusedRelus(nodes, graph, flow)
    let fused = Set(relus.values.flatMap(\.outputs))
    func general(_ node: Node) -> GeneralStep {
      GeneralStep(node, graph: graph, rules: rules, constants: constants, flow: flow)
    }
    var steps: [any TapeStep] = []
    for node in nodes where !fused.contains(node.outputs[0]) {
      let relu = relus[node.outputs[0]]
      switch node.domain.isEmpty ? node.op : "" {
      case "Conv": steps.append(ConvolutionStep(node, relu: relu, memory: memory))
      case "BatchNormalization" where isPlainNormalization(node):
        steps.append(NormalizationStep(node, relu: relu, memory: memory))
      case "Add":
        steps.append(SumStep(node, general: general(node), relu: relu, memory: memory))
      case "Relu": steps.append(SumStep(nil, general: nil, relu: node, memory: memory))
      case let op where ViewStep.operators.contains(op):
        steps.append(ViewStep(node: node, opset: graph.opset))
      default:
        let step = general(node)
        steps.append(
          MovementStep(node, opset: graph.opset, constants: constants, general: step) ?? step)
      }
    }
    return steps
  }

  private static func isPlainNormalization(_ node: Node) -> Bool {
    node.inputs.count == 5 && node.int("training_mode") ?? 0 == 0
      && node.outputs.dropFirst().allSatisfy(\.isEmpty)
  }

  /// The `Relu` behind each convolution, normalization or sum that nobody else reads, by the name in
  /// between.
  private static func fusedRelus(
    _ nodes: [Node], _ graph: NetworkGraph, _ flow: GradientFlow
  ) -> [String: Node] {
    let consumers = graph.consumers()
    let kept = Set(graph.outputs.map(\.name)).union(flow.wanted)
    var producers: [String: Node] = [:]
    for node in nodes { for output in node.outputs { producers[output] = node } }
    var relus: [String: Node] = [:]
    for node in nodes where node.op == "Relu" && node.domain.isEmpty {
      guard let producer = producers[node.inputs[0]], consumers[node.inputs[0]]?.count == 1,
        !kept.contains(node.inputs[0]), producer.domain.isEmpty,
        ["Conv", "Add"].contains(producer.op)
          || producer.op == "BatchNormalization" && isPlainNormalization(producer)
      else { continue }
      relus[node.inputs[0]] = node
    }
    return relus
  }

  /// What a node makes of integers that never change; nil for all other nodes.
  private static func folded(
    _ node: Node, _ graph: NetworkGraph, _ constants: [String: Tensor], _ wanted: Set<String>
  ) throws(EngineError) -> [Tensor]? {
    var given: [Tensor?] = []
    for name in node.inputs {
      guard !name.isEmpty else {
        given.append(nil)
        continue
      }
      guard let constant = constants[name], constant.type.isInteger || constant.type == .bool,
        !wanted.contains(name)
      else { return nil }
      given.append(constant)
    }
    guard !given.isEmpty, node.domain.isEmpty, node.subgraphs.isEmpty,
      !node.op.hasPrefix("Random"), let entry = OperatorRegistry.standard[node]
    else { return nil }
    return try entry.run(OperatorCall(node: node, opset: graph.opset), given)
  }

  /// The nodes that the outputs depend on.
  private static func needed(_ graph: NetworkGraph) -> Set<Int> {
    var wanted = Set(graph.outputs.map(\.name))
    var needed: Set<Int> = []
    for (index, node) in graph.nodes.enumerated().reversed()
    where node.outputs.contains(where: { wanted.contains($0) }) {
      needed.insert(index)
      wanted.formUnion(node.allInputs)
    }
    return needed
  }
}
