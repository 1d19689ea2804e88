import ModelCompression
import ModelFormats
import NetworkGraph
import Operators
import OrderedCollections
import Tensors

/// The weights of an exported file as a runtime would see them.
enum ExportedWeights {
  /// A graph; quantized weights come out of their `DequantizeLinear`.
  case graph(NetworkGraph, producers: [String: Int])
  /// A weight file, under the names of the graph.
  case tensors(OrderedDictionary<String, Tensor>)
  /// A weight file under PyTorch's names, decoded.
  case stateDict(OrderedDictionary<String, Tensor>, [String: StateDictLayout.Layer])

  /// The key in the metadata of safetensors files that tells their compressed-tensors form.
  static let formatKey = "quantization_format"

  /// Opens an exported file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - model: The model that it was made from.
  ///   - compressed: What it was made by.
  /// - Returns: Its weights, the format that it has, and the bytes of all its files.
  /// - Throws: ``EngineError`` when it can't be read.
  static func open(
    _ path: String, model: OpenedModel, compressed: CompressedPlan
  ) throws(EngineError) -> (weights: ExportedWeights, format: ExportFormat, bytes: Int) {
    if path.hasSuffix(".safetensors") {
      let plain = try SafetensorsReader.read(path: path)
      guard plain.metadata[formatKey] != nil else {
        return (.tensors(plain.tensors), .safetensors, plain.fileBytes)
      }
      let (file, form) = try CompressedTensorsReader.read(path: path)
      guard let format = ExportFormat.allCases.first(where: { $0.compressedTensors == form }) else {
        return (.tensors(plain.tensors), .safetensors, plain.fileBytes)
      }
      return (
        .stateDict(file.tensors, layers(of: compressed.network(of: model))), format, file.fileBytes
      )
    }
    if PyTorchReader.isWeightFile(path) {
      let file = try PyTorchReader.read(path: path)
      let format: ExportFormat =
        !file.codes.isEmpty ? .pthInt8 : (file.maskedNames.isEmpty ? .pth : .pthMask)
      return (
        .stateDict(file.tensors, layers(of: compressed.network(of: model))), format, file.fileBytes
      )
    }
    let file = try ONNXReader.read(path: path)
    let producers = file.graph.producers()
    // A model may have nodes of its own that dequantize: what counts is what gives our weights.
    let isQuantized = compressed.weights.contains { weights in
      guard let weights, weights.codes != nil, let index = producers[weights.layer.weight] else {
        return false
      }
      return file.graph.nodes[index].op == "DequantizeLinear"
    }
    return (
      .graph(file.graph, producers: producers), isQuantized ? .onnxQDQ : .onnx, file.fileBytes
    )
  }

  private static func layers(of model: OpenedModel) -> [String: StateDictLayout.Layer] {
    let layout = StateDictLayout(model: model)
    return Dictionary(
      zip(model.layers.map(\.weight), layout.layers), uniquingKeysWith: { first, _ in first })
  }

  /// A constant as a runtime sees it; nil when the file has none of that name.
  func constant(_ name: String) -> Tensor? {
    switch self {
    case .tensors(let tensors): tensors[name]
    case .stateDict(let tensors, let layers):
      layers.values.first { $0.bias == name }.flatMap { tensors["\($0.module).bias"] }
        ?? tensors[name]
    case .graph(let graph, let producers):
      graph.constant(name, producers: producers)
        // Biases of integer layers are integers behind a node of their own.
        ?? [name, name + QuantizedBias.decodedSuffix].lazy.compactMap { producers[$0] }
        .compactMap { Self.decoded(graph.nodes[$0], in: graph, producers) }.first
    }
  }

  /// What a node makes of codes; nil when it does not decode constants.
  private static func decoded(
    _ node: Node, in graph: NetworkGraph, _ producers: [String: Int]
  ) -> Tensor? {
    let inputs = node.inputs.map { graph.constant($0, producers: producers) }
    guard node.op == "DequantizeLinear", !inputs.contains(where: { $0 == nil }),
      let kernel = OperatorRegistry.standard[node]
    else { return nil }
    return try? kernel.run(OperatorCall(node: node, opset: graph.opset), inputs).first
  }

  /// The weight of a layer as floats.
  ///
  /// - Throws: ``EngineError`` with code `verificationFailed` when the file has no such weight.
  func floats(of layer: CompressibleLayer) throws(EngineError) -> [Float] {
    let missing = EngineError(
      .verificationFailed, subject: "layer '\(layer.name)'",
      problem: "the file has no weight '\(layer.weight)'",
      remedy: "Check that the file was exported from this model with this plan")
    switch self {
    case .stateDict(let tensors, let layers):
      guard let place = layers[layer.weight], let tensor = tensors[place.key],
        tensor.shape == place.storedShape(layer.shape)
      else { throw missing }
      return place.restored(tensor).floats
    case .tensors(let tensors):
      guard let tensor = tensors[layer.weight] else { throw missing }
      return tensor.floats
    case .graph(let graph, let producers):
      if let tensor = graph.constant(layer.weight, producers: producers) { return tensor.floats }
      guard let index = producers[layer.weight] else {
        guard let decoded = Self.integerProduct(of: layer, in: graph) else { throw missing }
        return decoded
      }
      guard let tensor = Self.decoded(graph.nodes[index], in: graph, producers) else {
        throw missing
      }
      return tensor.floats
    }
  }
}
