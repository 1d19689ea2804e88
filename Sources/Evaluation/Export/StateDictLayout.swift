import NetworkGraph
import OrderedCollections
import Tensors

/// Which tensor of a model has which name in PyTorch's terms.
///
/// A layer's weight is `<layer>.weight` in the axes of PyTorch's modules (output channels first for
/// linear layers, which ONNX files often store the other way round), its bias `<layer>.bias`; all
/// other tensors keep their names. Integers and constants that only the graph needs are left out.
struct StateDictLayout {
  /// One compressible layer.
  struct Layer {
    /// The key of the weight.
    let key: String
    /// Whether the file's axes are those of the graph swapped.
    let isTransposed: Bool
    /// Whether PyTorch's own module for it is `torch.nn.Linear`.
    let isLinear: Bool
    /// Whether PyTorch's own module for it is `torch.nn.Embedding`.
    let isEmbedding: Bool
    /// The initializer that is its bias.
    let bias: String?

    /// The module's name.
    var module: String { String(key.dropLast(key.hasSuffix(".weight") ? 7 : 0)) }

    /// The weight's values in the axes of the file.
    func stored(_ tensor: Tensor) -> Tensor { isTransposed ? tensor.transposedLater() : tensor }

    /// The values of the file in the axes of the graph.
    func restored(_ tensor: Tensor) -> Tensor { stored(tensor) }
  }

  /// One a layer, in layer order.
  let layers: [Layer]
  /// The tensors in the order of the file.
  let order: [Entry]

  /// A layer's weight or another tensor.
  struct Entry {
    let key: String
    /// The name in the model.
    let source: String
    /// The layer's index, for its weight.
    let layer: Int?
    /// The original values in the axes of the model.
    let tensor: Tensor
  }

  /// The layout of a model.
  init(model: OpenedModel) {
    guard let graph = model.graph else {
      layers = model.layers.map { layer in
        Layer(
          key: layer.weight, isTransposed: false, isLinear: false, isEmbedding: false, bias: nil)
      }
      let places = Dictionary(
        uniqueKeysWithValues: model.layers.enumerated().map { ($1.weight, $0) })
      order = model.tensors.map {
        Entry(key: $0.key, source: $0.key, layer: places[$0.key], tensor: $0.value)
      }
      return
    }
    var naming = StateDictNaming(graph: graph, layers: model.layers)
    layers = model.layers.map { naming.layer($0) }
    order = naming.order(layers, weights: model.weights)
  }
}

/// Finds the names; graphs keep weights, biases and constants in one list.
private struct StateDictNaming {
  private let graph: NetworkGraph
  private let modelLayers: [CompressibleLayer]
  private let modules: LinearModules
  private var used: Set<String>

  init(graph: NetworkGraph, layers: [CompressibleLayer]) {
    self.graph = graph
    modelLayers = layers
    modules = LinearModules(graph: graph)
    let weights = Set(layers.map(\.weight))
    used = Set(graph.initializers.keys).subtracting(weights)
  }

  mutating func layer(_ layer: CompressibleLayer) -> StateDictLayout.Layer {
    let isDense = ["Gemm", "MatMul"].contains(layer.op) && layer.shape.count == 2
    let isTransposed = isDense && layer.outputAxis == 1
    let own = layer.weight.hasSuffix(".weight") && !layer.weight.hasPrefix("onnx::")
    let wanted = own && !isTransposed ? layer.weight : "\(layer.name).weight"
    // Keys are unique: a name that something else has leaves the weight its own.
    let key = used.contains(wanted) ? layer.weight : wanted
    used.insert(key)
    let linear = isDense ? modules.linear(layer) : nil
    return StateDictLayout.Layer(
      key: key, isTransposed: isTransposed, isLinear: linear != nil,
      isEmbedding: layer.op == "Gather" && layer.outputAxis == 0,
      bias: linear?.bias ?? modules.convolutionBias(layer))
  }

  /// All tensors in the order of the file; weights in `Constant` nodes come last.
  func order(
    _ layers: [StateDictLayout.Layer], weights: [Tensor]
  ) -> [StateDictLayout.Entry] {
    var result: [StateDictLayout.Entry] = []
    var places: [String: Int] = [:]
    var biases: [String: [Int]] = [:]
    for (index, layer) in modelLayers.enumerated() {
      places[layer.weight] = index
      if let bias = layers[index].bias { biases[bias, default: []].append(index) }
    }
    var names = used
    for (name, tensor) in graph.initializers {
      if let index = places.removeValue(forKey: name) {
        result.append(entry(layers[index].key, name, index, tensor))
      } else if isParameter(name, tensor) {
        var key = name
        if let owners = biases[name], owners.count == 1 {
          let wanted = "\(layers[owners[0]].module).bias"
          if names.insert(wanted).inserted { key = wanted }
        }
        result.append(entry(key, name, nil, tensor))
      }
    }
    for index in places.values.sorted() {
      result.append(entry(layers[index].key, modelLayers[index].weight, index, weights[index]))
    }
    return result
  }

  private func entry(
    _ key: String, _ source: String, _ layer: Int?, _ tensor: Tensor
  ) -> StateDictLayout.Entry {
    StateDictLayout.Entry(key: key, source: source, layer: layer, tensor: tensor)
  }

  /// Whether a tensor belongs to a module; exporters name constants after nodes, as `/Constant_1`.
  private func isParameter(_ name: String, _ tensor: Tensor) -> Bool {
    guard !name.hasPrefix("/"), tensor.type != .string else { return false }
    return tensor.type.isFloat || (name.contains(".") && !name.contains("::"))
  }
}
