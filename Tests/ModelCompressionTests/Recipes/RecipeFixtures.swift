import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport

/// Layers and requests for recipes.
enum RecipeFixtures {
  /// A convolution, a pointwise one, two matrices, the second stored inputs first.
  static let graph: NetworkGraph = {
    func weights(_ shape: [Int], seed: UInt64) -> Tensor {
      var generator = SeededGenerator(seed: seed)
      let count = shape.reduce(1, *)
      return Tensor(shape, (0..<count).map { _ in Float.random(in: -1...1, using: &generator) })
    }
    var graph = NetworkGraph(
      name: "small", opsets: ["": 17], irVersion: 8,
      nodes: [
        Node(
          name: "/features/conv1/Conv", op: "Conv", inputs: ["x", "features.conv1.weight"],
          outputs: ["a"], attributes: ["pads": .ints([1, 1, 1, 1])]),
        Node(
          name: "/features/conv2/Conv", op: "Conv", inputs: ["a", "features.conv2.weight"],
          outputs: ["b"]),
        Node(name: "/pool", op: "GlobalAveragePool", inputs: ["b"], outputs: ["c"]),
        Node(name: "/flat", op: "Flatten", inputs: ["c"], outputs: ["d"]),
        Node(
          name: "/fc1/Gemm", op: "Gemm", inputs: ["d", "fc1.weight"], outputs: ["e"],
          attributes: ["transB": .int(1)]),
        Node(name: "/fc2/MatMul", op: "MatMul", inputs: ["e", "fc2.weight"], outputs: ["y"]),
      ],
      inputs: [ValueInfo(name: "x", type: .float32, shape: [1, 3, 8, 8].map { .fixed($0) })],
      outputs: [ValueInfo(name: "y", type: .float32, shape: [1, 10].map { .fixed($0) })])
    graph.initializers = [
      "features.conv1.weight": weights([32, 3, 3, 3], seed: 1),
      "features.conv2.weight": weights([64, 32, 1, 1], seed: 2),
      "fc1.weight": weights([48, 64], seed: 3), "fc2.weight": weights([48, 10], seed: 4),
    ]
    return graph
  }()

  static func layers() -> [CompressibleLayer] { graph.compressibleLayers() }

  /// A request with these settings, with compressed weights.
  static func request(_ settings: [LayerSetting]) throws -> RecipeRequest {
    let compressor = try PlanCompressor(graph: graph)
    return RecipeRequest(
      model: "small.onnx", graph: graph, layers: compressor.layers, settings: settings,
      compressed: try compressor.compress(settings))
  }

  /// A request with these settings by their words, which this version may not have; no weights.
  static func request(forms: [SettingForm]) -> RecipeRequest {
    let layers = layers()
    return RecipeRequest(
      model: "small.onnx",
      layers: zip(layers, forms).map { layer, form in
        RecipeLayer(layer: layer, nodes: [graph.nodes[layer.nodes[0]].name], form: form)
      })
  }
}
