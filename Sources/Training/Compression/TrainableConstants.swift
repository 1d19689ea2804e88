import NetworkGraph
import Tensors

/// Which constants of a graph are trained beside the weights of its layers.
enum TrainableConstants {
  /// Float32 constants that are biases of layers, or scale and shift of a normalization, or slopes of
  /// PRelu, by name in graph order.
  ///
  /// Constants of other nodes may be anything, such as the anchors of a detector's boxes, and stay.
  static func find(in graph: NetworkGraph, layers: [CompressibleLayer]) -> [String] {
    let producers = graph.producers()
    let weights = Set(layers.map(\.weight))
    let products = Set(["Conv", "ConvTranspose", "Gemm", "MatMul"])
    var found: [String] = []
    var seen = Set<String>()
    for node in graph.nodes where node.domain.isEmpty {
      let names: [String]
      switch node.op {
      case "Conv", "ConvTranspose", "Gemm": names = Array(node.inputs.dropFirst(2).prefix(1))
      case "BatchNormalization", "LayerNormalization", "InstanceNormalization",
        "GroupNormalization":
        names = Array(node.inputs.dropFirst().prefix(2))
      case "PRelu": names = Array(node.inputs.dropFirst().prefix(1))
      case "Add":
        // A bias is written so behind a matrix product.
        names = node.inputs.enumerated().filter { index, _ in
          guard node.inputs.count == 2, let producer = producers[node.inputs[1 - index]] else {
            return false
          }
          return products.contains(graph.nodes[producer].op)
        }.map(\.element)
      default: names = []
      }
      for name in names where !name.isEmpty && !weights.contains(name) {
        guard let tensor = graph.constant(name, producers: producers), tensor.type == .float32,
          tensor.rank <= 1 || node.op == "PRelu", seen.insert(name).inserted
        else { continue }
        found.append(name)
      }
    }
    return found
  }

  /// The running statistics of batch normalization, by name in graph order.
  static func runningStatistics(in graph: NetworkGraph) -> [String] {
    graph.nodes.filter { $0.op == "BatchNormalization" && $0.inputs.count == 5 }
      .flatMap { $0.inputs.suffix(2) }
  }
}
