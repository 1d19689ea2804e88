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
  /// Transpositions that products read through, by the product's position.
  private var views: [Int: OperandViews] = [:]
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
    for index in nodes {
      guard let views = plan.operandViews(index), plan.taken.isDisjoint(with: views.nodes) else {
        continue
      }
      plan.views[index] = views
      plan.taken.formUnion(views.nodes)
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
    if let end = roundingEnd(of: start) {
      add(
        FusedChain(
          nodes: [start, end], anchor: anchor, output: builder.graph.nodes[end].outputs[0]))
      return
    }
    var chain = FusedChain(nodes: [start], anchor: anchor, output: anchor.outputs.first ?? "")
    if anchor.domain.isEmpty, FusionPlan.anchors.contains(anchor.op), anchor.outputs.count == 1,
      builder.floatShape(chain.output) != nil
    {
      switch anchor.op {
      case "Conv": fold(start, into: &chain)
      case "MatMul":
        chain.operands = views[start] ?? OperandViews()
        chain.nodes = chain.operands.nodes + chain.nodes
        addVector(to: &chain)
        if builder.floatShape(chain.output)?.count == 4 { addScaleAndOrder(to: &chain) }
      default: break
      }
      if chain.postOps.isEmpty, chain.resultOrder == nil {
        if FusionPlan.products.contains(anchor.op) { addResidual(to: &chain) }
        try addActivation(to: &chain)
      }
    }
    add(chain)
  }

  /// The node that alone turns the codes of a quantizing node back into floats, by the same scale and
  /// zero point.
  private func roundingEnd(of start: Int) -> Int? {
    let node = builder.graph.nodes[start]
    guard node.domain.isEmpty, let codes = node.outputs.first, let end = soleConsumer(codes)
    else { return nil }
    let decoding = builder.graph.nodes[end]
    guard decoding.op == "DequantizeLinear", decoding.domain.isEmpty,
      decoding.inputs.first == codes,
      decoding.int("output_dtype") ?? 0 == 0, decoding.int("block_size") ?? 0 == 0
    else { return nil }
    switch node.op {
    case "QuantizeLinear": return node.inputs.dropFirst() == decoding.inputs.dropFirst() ? end : nil
    case "DynamicQuantizeLinear":
      let parameters = node.outputs.dropFirst()
      return parameters == decoding.inputs.dropFirst()
        && parameters.allSatisfy({ soleConsumer($0) == end }) ? end : nil
    default: return nil
    }
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

  /// The transpositions of a batch of products' operands that nobody else reads.
  private func operandViews(_ index: Int) -> OperandViews? {
    let node = builder.graph.nodes[index]
    guard node.op == "MatMul", node.domain.isEmpty, node.inputs.count == 2,
      node.inputs.allSatisfy({ builder.floatShape($0)?.count == 4 && !builder.isConstant($0) }),
      builder.floatShape(node.inputs[0])?.prefix(2) == builder.floatShape(node.inputs[1])?.prefix(2)
    else { return nil }
    var views = OperandViews()
    for (operand, name) in node.inputs.enumerated() {
      guard let producer = producers[name], soleConsumer(name) == index else { continue }
      let transpose = builder.graph.nodes[producer]
      guard transpose.op == "Transpose", transpose.domain.isEmpty,
        let order = transpose.ints("perm"), order.sorted() == [0, 1, 2, 3], order[0] == 0,
        builder.floatShape(transpose.inputs[0]) != nil
      else { continue }
      views.transposed[operand] = (transpose.inputs[0], order)
      views.nodes.append(producer)
    }
    views.nodes.sort()
    return views.isEmpty ? nil : views
  }

  /// A constant factor of a batch of products, and the transposition behind it.
  private func addScaleAndOrder(to chain: inout FusedChain) {
    if let next = soleConsumer(chain.output), let factor = scale(next, of: chain.output) {
      chain.append([next], output: builder.graph.nodes[next].outputs[0])
      chain.postOps = [PostOp(function: CDNN_LINEAR, alpha: factor)]
    }
    guard let next = soleConsumer(chain.output) else { return }
    let node = builder.graph.nodes[next]
    guard node.op == "Transpose", node.domain.isEmpty, let order = node.ints("perm"),
      order.sorted() == [0, 1, 2, 3], order[0] == 0, builder.floatShape(node.outputs[0]) != nil
    else { return }
    chain.append([next], output: node.outputs[0])
    chain.resultOrder = order
  }

  /// The constant that a node multiplies a value with.
  private func scale(_ index: Int, of name: String) -> Float? {
    let node = builder.graph.nodes[index]
    guard node.op == "Mul" || node.op == "Div", node.domain.isEmpty, node.inputs.count == 2,
      let other = node.inputs.first(where: { $0 != name }),
      node.op == "Mul" || other == node.inputs[1],
      let shape = builder.floatShape(other), shape.count <= 4, shape.allSatisfy({ $0 == 1 }),
      let value = try? builder.bakedConstant(other)?.floats.first
    else { return nil }
    return node.op == "Mul" ? value : 1 / value
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
