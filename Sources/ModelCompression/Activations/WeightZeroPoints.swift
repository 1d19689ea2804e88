import NetworkGraph
import Tensors

/// Zero points of symmetric weights, written out.
enum WeightZeroPoints {
  /// Gives the 8-bit weights of layers that read codes a zero point of 0 where they have none.
  static func add(to graph: inout NetworkGraph) {
    let producers = graph.producers()
    var names = UniqueNames(graph)
    for node in graph.nodes where ["Conv", "Gemm", "MatMul"].contains(node.op) {
      guard node.domain.isEmpty, node.inputs.count > 1,
        let reading = producers[node.inputs[0]], graph.nodes[reading].op == "DequantizeLinear",
        let encoding = producers[graph.nodes[reading].inputs[0]],
        graph.nodes[encoding].op == "QuantizeLinear",
        let decoding = producers[node.inputs[1]], graph.nodes[decoding].op == "DequantizeLinear",
        graph.nodes[decoding].inputs.count == 2,
        let codes = graph.constant(graph.nodes[decoding].inputs[0], producers: producers),
        codes.type == .int8,
        let scale = graph.constant(graph.nodes[decoding].inputs[1], producers: producers)
      else { continue }
      let name = names.fresh(node.inputs[1] + "_zero_point")
      graph.initializers[name] = Tensor.filled(scale.shape, with: Int8(0))
      graph.nodes[decoding].inputs.append(name)
    }
  }
}
