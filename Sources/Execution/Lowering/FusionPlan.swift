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
  private var composites: [String: CompositeActivation] = [:]
  private var taken: Set<Int> = []
  private var chains: [FusedChain] = []

  private static let anchors: Set<String> = [
    "Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "BatchNormalization",
  ]

  private static let products: Set<String> = ["Conv", "MatMul", "Gemm"]

  /// The chains of the given nodes, by the position they run at.
  static func chains(of nodes: [Int], builder: ScheduleBuilder) throws -> [FusedChain] {
    var plan = FusionPlan(builder)
    var first: [Int: CompositeActivation] = [:]
    for composite in try CompositeFinder(builder).find(among: nodes) {
      plan.composites[composite.input] = composite
      first[composite.nodes[0]] = composite
    }
    for index in nodes where !plan.taken.contains(index) {
      if let composite = first[index], plan.taken.isDisjoint(with: composite.nodes) {
        plan.add(
          FusedChain(
            nodes: composite.nodes, anchor: composite.node, output: composite.output))
      } else {
        try plan.grow(from: index)
      }
    }
    return plan.chains.sorted { $0.position < $1.position }
  }

  private init(_ builder: ScheduleBuilder) {
    self.builder = builder
    consumers = builder.graph.consumers()
    producers = builder.graph.producers()
    outputs = Set(builder.graph.outputs.map(\.name))
  }

  private mutating func add(_ chain: FusedChain) {
    taken.formUnion(chain.nodes)
    chains.append(chain)
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
    var chain = FusedChain(nodes: [start], anchor: anchor, output: anchor.outputs.first ?? "")
    if anchor.domain.isEmpty, FusionPlan.anchors.contains(anchor.op), anchor.outputs.count == 1,
      builder.floatShape(chain.output) != nil
    {
      switch anchor.op {
      case "Conv": fold(start, into: &chain)
      case "MatMul": addVector(to: &chain)
      default: break
      }
      if FusionPlan.products.contains(anchor.op) { addResidual(to: &chain) }
      try addActivation(to: &chain)
    }
    add(chain)
  }

  /// Normalizations and constant additions behind a convolution.
  private func fold(_ start: Int, into chain: inout FusedChain) {
    guard let folding = builder.folding(at: start), let shape = builder.floatShape(chain.output),
      folding.followers.allSatisfy({ !taken.contains($0.node) && fits($0.step, shape) })
    else { return }
    chain.append(folding.followers.map(\.node), output: folding.output)
    chain.folding = folding
  }

  private func fits(_ step: ChannelFolding.Step, _ shape: [Int]) -> Bool {
    switch step {
    case .normalization(let scale, let shift, let mean, let variance, _):
      return [scale, shift, mean, variance].allSatisfy { builder.floatShape($0) == [shape[1]] }
    case .addition(let name):
      let channels = [shape[1]] + Array(repeating: 1, count: shape.count - 2)
      let added = builder.floatShape(name)
      return added == channels || added == [1] + channels
    }
  }

  /// The node that adds a constant vector along the last axis of a matrix product.
  private func addVector(to chain: inout FusedChain) {
    guard let next = soleConsumer(chain.output), let shape = builder.floatShape(chain.output),
      shape.count >= 2
    else { return }
    let node = builder.graph.nodes[next]
    guard node.op == "Add", node.domain.isEmpty, node.inputs.count == 2,
      let other = node.inputs.first(where: { $0 != chain.output }), builder.isConstant(other),
      builder.floatShape(other) == [shape[shape.count - 1]],
      builder.floatShape(node.outputs[0]) == shape
    else { return }
    chain.append([next], output: node.outputs[0])
    chain.bias = other
  }

  /// The node that adds a value of the same shape, computed before.
  ///
  /// Of two products that meet in a sum, the later takes it, so that changing it does not run the
  /// earlier one again.
  private func addResidual(to chain: inout FusedChain) {
    guard let next = soleConsumer(chain.output), let shape = builder.floatShape(chain.output),
      let last = chain.nodes.last
    else { return }
    let node = builder.graph.nodes[next]
    guard node.op == "Add", node.domain.isEmpty, node.inputs.count == 2,
      let other = node.inputs.first(where: { $0 != chain.output }), !builder.isConstant(other),
      builder.floatShape(other) == shape, builder.floatShape(node.outputs[0]) == shape,
      producers[other].map({ $0 < last }) ?? true
    else { return }
    chain.append([next], output: node.outputs[0])
    chain.residual = (other, next)
  }

  private func addActivation(to chain: inout FusedChain) throws {
    // oneDNN's error function is slower inside a product than in a pass of its own.
    func isCheap(_ ops: [PostOp]) -> Bool {
      !ops.contains { $0.function == CDNN_GELU_ERF }
        || !FusionPlan.products.contains(chain.anchor.op)
    }
    if let composite = composites[chain.output], !outputs.contains(chain.output),
      consumers[chain.output].map({ Set($0).isSubset(of: composite.nodes) }) ?? false,
      chain.anchor.op != "BatchNormalization",
      let ops = try Activation.postOps(composite.node, builder), isCheap(ops)
    {
      chain.append(composite.nodes, output: composite.output)
      chain.postOps = ops
      return
    }
    guard let next = soleConsumer(chain.output),
      builder.graph.nodes[next].inputs.first == chain.output,
      let ops = try Activation.postOps(builder.graph.nodes[next], builder),
      chain.anchor.op != "BatchNormalization" || ops.isPlainRelu, isCheap(ops)
    else { return }
    chain.append([next], output: builder.graph.nodes[next].outputs[0])
    chain.postOps = ops
  }
}

extension [PostOp] {
  /// Whether this is clipping at 0 and nothing else.
  fileprivate var isPlainRelu: Bool {
    count == 1 && self[0].function == CDNN_RELU && self[0].alpha == 0
  }
}
