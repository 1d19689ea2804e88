import NetworkGraph
import Tensors

/// Matrix products of dynamic codes and 8-bit weights as `MatMulInteger`.
///
/// `y = float(sum (q_x - z_x) (q_w - z_w)) (s_x s_w) + b`: `DynamicQuantizeLinear`, `MatMulInteger`,
/// `Cast`, `Mul`, `Add`, the form of onnxruntime.quantization's `quantize_dynamic`. The sum is exact.
struct IntegerProducts {
  private var graph: NetworkGraph
  private let producers: [String: Int]
  private var names: UniqueNames
  private let isForSize: Bool

  /// The graph with all such products rewritten.
  static func rewrite(_ graph: NetworkGraph, isForSize: Bool) -> NetworkGraph {
    guard graph.nodes.contains(where: { $0.op == "DynamicQuantizeLinear" }) else { return graph }
    var rewrite = IntegerProducts(graph, isForSize)
    return rewrite.rewritten()
  }

  private init(_ graph: NetworkGraph, _ isForSize: Bool) {
    self.graph = graph
    self.isForSize = isForSize
    producers = graph.producers()
    names = UniqueNames(graph)
  }

  /// A product with what it reads.
  private struct Product {
    /// `DynamicQuantizeLinear`.
    var encoding: Node
    /// The weight's `DequantizeLinear`.
    var decoding: Node
    var codes: Tensor
    var isTransposed: Bool
    /// The bias's name; nil for none.
    var bias: String?
  }

  private mutating func rewritten() -> NetworkGraph {
    var nodes: [Node] = []
    var unused: Set<String> = []
    for node in graph.nodes {
      guard let product = product(node) else {
        nodes.append(node)
        continue
      }
      nodes += integerNodes(node, product)
      unused.formUnion(node.inputs.prefix(2))
      unused.formUnion(product.decoding.inputs)
    }
    let read = Set(nodes.flatMap(\.allInputs)).union(graph.outputs.map(\.name))
    nodes.removeAll { node in
      node.op == "DequantizeLinear"
        && node.outputs.allSatisfy { unused.contains($0) && !read.contains($0) }
    }
    graph.nodes = nodes
    graph.removeConstants(unusedAmong: unused)
    return graph
  }

  private func product(_ node: Node) -> Product? {
    guard node.domain.isEmpty, ["MatMul", "Gemm"].contains(node.op), node.inputs.count > 1,
      let reading = producers[node.inputs[0]], graph.nodes[reading].op == "DequantizeLinear",
      let encoding = producers[graph.nodes[reading].inputs[0]],
      graph.nodes[encoding].op == "DynamicQuantizeLinear",
      let decoding = producers[node.inputs[1]], graph.nodes[decoding].op == "DequantizeLinear",
      graph.nodes[decoding].int("block_size") ?? 0 == 0,
      let codes = graph.constant(graph.nodes[decoding].inputs[0], producers: producers),
      [.int8, .uint8].contains(codes.type), codes.rank == 2,
      let scale = graph.constant(graph.nodes[decoding].inputs[1], producers: producers)
    else { return nil }
    let isGemm = node.op == "Gemm"
    let isTransposed = isGemm && node.int("transB") ?? 0 != 0
    if isGemm {
      guard node.float("alpha") ?? 1 == 1, node.float("beta") ?? 1 == 1,
        node.int("transA") ?? 0 == 0
      else { return nil }
    }
    guard
      scale.rank == 0
        || (graph.nodes[decoding].int("axis") ?? 1) == (isTransposed ? 0 : 1)
    else { return nil }
    let bias = isGemm && node.inputs.count > 2 && !node.inputs[2].isEmpty ? node.inputs[2] : nil
    return Product(
      encoding: graph.nodes[encoding], decoding: graph.nodes[decoding], codes: codes,
      isTransposed: isTransposed, bias: bias)
  }

  private mutating func integerNodes(_ node: Node, _ product: Product) -> [Node] {
    let base = node.outputs[0]
    var weight = product.decoding.inputs[0]
    if product.isTransposed {
      weight = names.fresh(weight + "_transposed")
      graph.initializers[weight] = transposed(product.codes)
    }
    var inputs = [product.encoding.outputs[0], weight, product.encoding.outputs[2]]
    if product.decoding.inputs.count > 2 { inputs.append(product.decoding.inputs[2]) }
    let sums = names.fresh(base + "_integers")
    let floats = names.fresh(base + "_sums")
    let scale = names.fresh(base + "_scale")
    let scaled = product.bias == nil ? base : names.fresh(base + "_scaled")
    var nodes = [
      Node(
        name: names.fresh(node.name + "_MatMulInteger"), op: "MatMulInteger", inputs: inputs,
        outputs: [sums]),
      Node(
        name: names.fresh(node.name + "_Cast"), op: "Cast", inputs: [sums], outputs: [floats],
        attributes: ["to": .int(1)]),
      Node(
        name: names.fresh(node.name + "_Scale"), op: "Mul",
        inputs: [product.encoding.outputs[1], product.decoding.inputs[1]], outputs: [scale]),
      Node(
        name: names.fresh(node.name + "_Mul"), op: "Mul", inputs: [floats, scale],
        outputs: [scaled]),
    ]
    if let bias = product.bias {
      nodes.append(
        Node(
          name: names.fresh(node.name + "_Add"), op: "Add", inputs: [scaled, bias],
          outputs: [base]))
    }
    return nodes
  }

  private func transposed(_ codes: Tensor) -> Tensor {
    let (rows, columns) = (codes.shape[0], codes.shape[1])
    if isForSize { return codes.reshaped([columns, rows]) }
    return Tensor(type: codes.type, shape: [columns, rows]) { target in
      codes.withBytes { source in
        for row in 0..<rows {
          for column in 0..<columns {
            target[column * rows + row] = source[row * columns + column]
          }
        }
      }
    }
  }
}
