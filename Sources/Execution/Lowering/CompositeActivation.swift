import NetworkGraph
import Tensors

/// Several nodes that together apply one known function, as exporters spell it out.
struct CompositeActivation {
  /// The nodes, ascending.
  let nodes: [Int]
  /// What the function is applied to.
  let input: String
  let output: String
  /// The operator that means the same.
  let op: String

  /// Stands for the nodes: one that the element-wise rule knows.
  var node: Node { Node(op: op, inputs: [input], outputs: [output]) }
}

/// Finds composite activations among the nodes of a schedule.
struct CompositeFinder {
  private let builder: ScheduleBuilder
  private let graph: NetworkGraph
  private let consumers: [String: [Int]]
  private let producers: [String: Int]
  private let outputs: Set<String>

  init(_ builder: ScheduleBuilder) {
    self.builder = builder
    graph = builder.graph
    consumers = builder.graph.consumers()
    producers = builder.graph.producers()
    outputs = Set(builder.graph.outputs.map(\.name))
  }

  /// The functions, none sharing a node with another.
  func find(among nodes: [Int]) throws -> [CompositeActivation] {
    var found: [CompositeActivation] = []
    var taken: Set<Int> = []
    for index in nodes {
      let candidate: CompositeActivation? =
        switch graph.nodes[index].op {
        case "Erf": try gelu(around: index)
        case "Clip": try hardSwish(around: index)
        case "HardSigmoid", "Sigmoid": gate(around: index)
        default: nil
        }
      guard let candidate, taken.isDisjoint(with: candidate.nodes), fits(candidate) else {
        continue
      }
      taken.formUnion(candidate.nodes)
      found.append(candidate)
    }
    return found
  }

  private func fits(_ candidate: CompositeActivation) -> Bool {
    let shape = builder.floatShape(candidate.input)
    return shape != nil && shape == builder.floatShape(candidate.output)
      && !builder.isConstant(candidate.input)
  }

  /// 0.5 x (1 + erf(x / sqrt 2)), the exact GELU.
  private func gelu(around erf: Int) throws -> CompositeActivation? {
    guard let first = graph.nodes[erf].inputs.first, let scaling = producers[first],
      soleConsumer(first) == erf, let x = try scaled(scaling, by: 0.5.squareRoot()),
      let adding = soleConsumer(graph.nodes[erf].outputs[0]),
      try operand(adding, "Add", of: graph.nodes[erf].outputs[0], is: 1)
    else { return nil }
    let sum = graph.nodes[adding].outputs[0]
    guard let multiplying = soleConsumer(sum), let factor = other(multiplying, "Mul", sum) else {
      return nil
    }
    let product = graph.nodes[multiplying].outputs[0]
    var nodes = [scaling, erf, adding, multiplying]
    var output = product
    if factor == x {
      guard let halving = soleConsumer(product), try scaled(halving, by: 0.5) == product else {
        return nil
      }
      nodes.append(halving)
      output = graph.nodes[halving].outputs[0]
    } else {
      guard let halving = producers[factor], soleConsumer(factor) == multiplying,
        try scaled(halving, by: 0.5) == x
      else { return nil }
      nodes.append(halving)
    }
    return CompositeActivation(nodes: nodes.sorted(), input: x, output: output, op: "Gelu")
  }

  /// x clip(x + 3, 0, 6) / 6, the division before or after the product.
  private func hardSwish(around clip: Int) throws -> CompositeActivation? {
    guard let sum = graph.nodes[clip].inputs.first, let adding = producers[sum],
      soleConsumer(sum) == clip, let x = try operandOther(adding, "Add", is: 3),
      let ops = try Activation.postOps(graph.nodes[clip], builder), ops.count == 1,
      ops[0].alpha == 0, ops[0].beta == 6
    else { return nil }
    var nodes = [adding, clip]
    var gate = graph.nodes[clip].outputs[0]
    var isDivided = false
    if let dividing = soleConsumer(gate), try scaled(dividing, by: 1.0 / 6) == gate {
      nodes.append(dividing)
      gate = graph.nodes[dividing].outputs[0]
      isDivided = true
    }
    guard let multiplying = soleConsumer(gate), other(multiplying, "Mul", gate) == x else {
      return nil
    }
    nodes.append(multiplying)
    var output = graph.nodes[multiplying].outputs[0]
    if !isDivided {
      guard let dividing = soleConsumer(output), try scaled(dividing, by: 1.0 / 6) == output else {
        return nil
      }
      nodes.append(dividing)
      output = graph.nodes[dividing].outputs[0]
    }
    return CompositeActivation(nodes: nodes.sorted(), input: x, output: output, op: "HardSwish")
  }

  /// x sigmoid(x), the swish; with a hard sigmoid of slope 1/6, the hard swish.
  private func gate(around index: Int) -> CompositeActivation? {
    let node = graph.nodes[index]
    guard node.domain.isEmpty, let x = node.inputs.first,
      let multiplying = soleConsumer(node.outputs[0]),
      other(multiplying, "Mul", node.outputs[0]) == x
    else { return nil }
    if node.op == "HardSigmoid" {
      guard abs((node.float("alpha") ?? 0.2) - 1 / 6) < 1e-6, (node.float("beta") ?? 0.5) == 0.5
      else { return nil }
    }
    return CompositeActivation(
      nodes: [index, multiplying], input: x, output: graph.nodes[multiplying].outputs[0],
      op: node.op == "Sigmoid" ? "Swish" : "HardSwish")
  }

  /// The only reader of a value that is needed nowhere else.
  private func soleConsumer(_ name: String) -> Int? {
    guard !outputs.contains(name), let readers = consumers[name], readers.count == 1 else {
      return nil
    }
    return readers[0]
  }

  /// The value that a node multiplies by a constant (or divides by its inverse).
  private func scaled(_ index: Int, by factor: Double) throws -> String? {
    let node = graph.nodes[index]
    if node.op == "Div", node.domain.isEmpty, node.inputs.count == 2 {
      return try isScalar(node.inputs[1], 1 / factor) ? node.inputs[0] : nil
    }
    return try operandOther(index, "Mul", is: factor)
  }

  /// What a node of two inputs adds to or multiplies with a scalar.
  private func operandOther(_ index: Int, _ op: String, is value: Double) throws -> String? {
    let node = graph.nodes[index]
    guard node.op == op, node.domain.isEmpty, node.inputs.count == 2 else { return nil }
    if try isScalar(node.inputs[1], value) { return node.inputs[0] }
    return try isScalar(node.inputs[0], value) ? node.inputs[1] : nil
  }

  private func operand(
    _ index: Int, _ op: String, of name: String, is value: Double
  ) throws -> Bool {
    guard let other = other(index, op, name) else { return false }
    return try isScalar(other, value)
  }

  /// The other input of a node of two.
  private func other(_ index: Int, _ op: String, _ name: String) -> String? {
    let node = graph.nodes[index]
    guard node.op == op, node.domain.isEmpty, node.inputs.count == 2 else { return nil }
    return node.inputs.first { $0 != name }
  }

  private func isScalar(_ name: String, _ value: Double) throws -> Bool {
    guard let shape = builder.floatShape(name), shape.allSatisfy({ $0 == 1 }),
      let tensor = try builder.bakedConstant(name)
    else { return false }
    return abs(tensor.doubles[0] - value) <= 1e-6 * abs(value)
  }
}
