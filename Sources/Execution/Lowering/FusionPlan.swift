import COneDNN
import NetworkGraph
import Tensors

/// Decides, once per schedule, which nodes run as one.
///
/// A node is fused into its predecessor only when nobody else reads the value between them. The
/// decision never depends on where a run starts or what it captures.
struct FusionPlan {
  private let builder: ScheduleBuilder
  private let consumers: [String: [Int]]
  private let producers: [String: Int]
  private let outputs: Set<String>
  private var taken: Set<Int> = []
  private var chains: [FusedChain] = []

  private static let anchors: Set<String> = [
    "Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "BatchNormalization",
  ]

  /// The chains of the given nodes, by the position they run at.
  static func chains(of nodes: [Int], builder: ScheduleBuilder) throws -> [FusedChain] {
    var plan = FusionPlan(builder)
    try plan.findGelu(among: nodes)
    for index in nodes where !plan.taken.contains(index) { try plan.grow(from: index) }
    return plan.chains.sorted { $0.position < $1.position }
  }

  private init(_ builder: ScheduleBuilder) {
    self.builder = builder
    consumers = builder.graph.consumers()
    producers = builder.graph.producers()
    outputs = Set(builder.graph.outputs.map(\.name))
  }

  /// The only reader of a value that is needed nowhere else.
  private func soleConsumer(_ name: String) -> Int? {
    guard !outputs.contains(name), let readers = consumers[name], readers.count == 1,
      !taken.contains(readers[0])
    else { return nil }
    return readers[0]
  }

  private mutating func grow(from start: Int) throws {
    let anchor = builder.graph.nodes[start]
    var nodes = [start]
    var output = anchor.outputs.first ?? ""
    var bias: String?
    var postOps: [PostOp] = []
    if anchor.domain.isEmpty, FusionPlan.anchors.contains(anchor.op), anchor.outputs.count == 1,
      builder.floatShape(output) != nil
    {
      if anchor.op == "MatMul", let (index, name) = addedVector(output) {
        bias = name
        nodes.append(index)
        output = builder.graph.nodes[index].outputs[0]
      }
      if let next = soleConsumer(output), builder.graph.nodes[next].inputs.first == output,
        let ops = try Activation.postOps(builder.graph.nodes[next], builder),
        anchor.op != "BatchNormalization" || ops.isPlainRelu
      {
        postOps = ops
        nodes.append(next)
        output = builder.graph.nodes[next].outputs[0]
      }
    }
    taken.formUnion(nodes)
    chains.append(
      FusedChain(nodes: nodes, anchor: anchor, output: output, bias: bias, postOps: postOps))
  }

  /// The node that adds a constant vector along the last axis of a value.
  private func addedVector(_ name: String) -> (Int, String)? {
    guard let next = soleConsumer(name), let shape = builder.floatShape(name), shape.count >= 2
    else { return nil }
    let node = builder.graph.nodes[next]
    guard node.op == "Add", node.domain.isEmpty, node.inputs.count == 2,
      let other = node.inputs.first(where: { $0 != name }), builder.isConstant(other),
      builder.floatShape(other) == [shape[shape.count - 1]],
      builder.floatShape(node.outputs[0]) == shape
    else { return nil }
    return (next, other)
  }
}

extension [PostOp] {
  /// Whether this is clipping at 0 and nothing else.
  fileprivate var isPlainRelu: Bool {
    count == 1 && self[0].function == CDNN_RELU && self[0].alpha == 0
  }
}

extension FusionPlan {
  /// Finds 0.5 x (1 + erf(x / sqrt 2)), as exporters write the exact GELU.
  private mutating func findGelu(among nodes: [Int]) throws {
    for index in nodes where builder.graph.nodes[index].op == "Erf" {
      guard let found = try gelu(around: index) else { continue }
      taken.formUnion(found.nodes)
      chains.append(found)
    }
  }

  private func gelu(around erf: Int) throws -> FusedChain? {
    let graph = builder.graph
    guard let first = graph.nodes[erf].inputs.first, let scaling = producers[first],
      soleConsumer(first) == erf, let x = try scaled(scaling, by: 0.5.squareRoot()),
      let adding = soleConsumer(graph.nodes[erf].outputs[0]),
      try other(adding, "Add", than: graph.nodes[erf].outputs[0], is: 1)
    else { return nil }
    let sum = graph.nodes[adding].outputs[0]
    guard let multiplying = soleConsumer(sum), graph.nodes[multiplying].op == "Mul",
      graph.nodes[multiplying].inputs.count == 2,
      let factor = graph.nodes[multiplying].inputs.first(where: { $0 != sum })
    else { return nil }
    let product = graph.nodes[multiplying].outputs[0]
    var chain = [scaling, erf, adding, multiplying]
    var output = product
    if factor == x {
      guard let halving = soleConsumer(product), try scaled(halving, by: 0.5) == product else {
        return nil
      }
      chain.append(halving)
      output = graph.nodes[halving].outputs[0]
    } else {
      guard let halving = producers[factor], soleConsumer(factor) == multiplying,
        try scaled(halving, by: 0.5) == x
      else { return nil }
      chain.append(halving)
    }
    let shape = builder.floatShape(x)
    guard shape != nil, shape == builder.floatShape(output), !builder.isConstant(x) else {
      return nil
    }
    // Stands for the chain: a node that the element-wise rule knows.
    let anchor = Node(op: "Gelu", inputs: [x], outputs: [output])
    return FusedChain(nodes: chain.sorted(), anchor: anchor, output: output)
  }

  /// The value that a node multiplies by a constant (or divides by its inverse).
  private func scaled(_ index: Int, by factor: Double) throws -> String? {
    let node = builder.graph.nodes[index]
    guard node.domain.isEmpty, node.inputs.count == 2, !taken.contains(index) else { return nil }
    let (a, b) = (node.inputs[0], node.inputs[1])
    switch node.op {
    case "Div": return try isScalar(b, 1 / factor) ? a : nil
    case "Mul":
      if try isScalar(b, factor) { return a }
      return try isScalar(a, factor) ? b : nil
    default: return nil
    }
  }

  private func other(
    _ index: Int, _ op: String, than name: String, is value: Double
  ) throws -> Bool {
    let node = builder.graph.nodes[index]
    guard node.op == op, node.domain.isEmpty, node.inputs.count == 2,
      let other = node.inputs.first(where: { $0 != name })
    else { return false }
    return try isScalar(other, value)
  }

  private func isScalar(_ name: String, _ value: Double) throws -> Bool {
    guard let shape = builder.floatShape(name), shape.allSatisfy({ $0 == 1 }),
      let tensor = try builder.bakedConstant(name)
    else { return false }
    return abs(tensor.doubles[0] - value) <= 1e-6 * abs(value)
  }
}
