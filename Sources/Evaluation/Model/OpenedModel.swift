import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Operators
import OrderedCollections
import Tensors

/// A model file opened for compression: its graph, its compressible layers and their weights.
///
/// Weights stay in the mapped file. A weight file without a graph (safetensors, `.pth`) gives layers and
/// sizes, and nothing to run.
public final class OpenedModel: Sendable {
  /// The path as given.
  public let path: String
  /// Bytes of the file and its external data.
  public let fileBytes: Int
  /// The graph that is previewed and exported, batch normalization folded unless it was to be kept;
  /// nil for weight files.
  public let graph: NetworkGraph?
  /// The tensors of a weight file by name; empty for graphs.
  public let tensors: OrderedDictionary<String, Tensor>
  /// The compressible layers in graph order.
  public let layers: [CompressibleLayer]
  /// The weight of each layer, in the order of ``layers``, as stored.
  public let weights: [Tensor]
  /// Compresses the layers; what it learns of the weights is shared by all who use the model.
  public let compressor: PlanCompressor
  /// Batch-normalization nodes that were folded.
  public let foldedBatchNorms: Int
  /// Nodes that can't be run, with the reason.
  public let unsupported: [ModelSummary.UnsupportedNode]
  /// The opened model that this one was made from by a plan's steps; nil for opened ones.
  public let original: OpenedModel?

  /// Opens an ONNX model, or a weight file: safetensors, a shard index of it, or PyTorch's.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - keepBatchNorm: Leave batch-normalization nodes as they are.
  /// - Throws: ``EngineError`` naming file, byte and remedy.
  public init(path: String, keepBatchNorm: Bool = false) throws(EngineError) {
    self.path = path
    original = nil
    if let file = try Self.weightFile(path) {
      fileBytes = file.bytes
      graph = nil
      tensors = file.tensors
      (layers, weights) = Self.layers(of: file.tensors)
      compressor = try PlanCompressor(layers: layers, weights: weights)
      foldedBatchNorms = 0
      unsupported = []
      return
    }
    let model = try ONNXReader.read(path: path)
    var graph = model.graph
    fileBytes = model.fileBytes
    let batchNormScales = graph.batchNormScales()
    foldedBatchNorms = keepBatchNorm ? 0 : graph.foldBatchNormalization()
    (layers, weights) = Self.layers(of: graph)
    compressor = try PlanCompressor(
      layers: layers, weights: weights,
      batchNormScales: graph.batchNormScales(of: layers, found: batchNormScales))
    tensors = [:]
    unsupported = Self.unsupported(in: graph)
    self.graph = graph
  }

  /// A model that steps of a plan made of an opened one: the same layers by name, with other weights
  /// and shapes.
  ///
  /// What was learned of the weights is shared where they are the same.
  ///
  /// - Parameters:
  ///   - original: The opened model.
  ///   - graph: The graph that the steps made of its graph.
  ///   - kept: The output channels that are left of layers that lost some, by name.
  /// - Throws: ``EngineError`` when a step lost a layer, which is a mistake of the step.
  init(
    madeFrom original: OpenedModel, graph: NetworkGraph, kept: [String: [Int]] = [:]
  ) throws(EngineError) {
    path = original.path
    self.original = original
    foldedBatchNorms = original.foldedBatchNorms
    tensors = [:]
    let before = original.graph.map { ONNXWriter.byteCount($0) } ?? 0
    fileBytes = original.fileBytes - before + ONNXWriter.byteCount(graph)
    self.graph = graph
    unsupported = Self.unsupported(in: graph)
    (layers, weights) = Self.layers(of: graph)
    guard layers.map(\.name) == original.layers.map(\.name) else {
      throw EngineError(
        .unsupported, path: path, subject: "plan",
        problem: "its steps leave \(layers.count) of \(original.layers.count) layers",
        remedy: "Please report this with the plan")
    }
    let isShared =
      layers == original.layers
      && zip(weights, original.weights).allSatisfy {
        $0.storage === $1.storage && $0.byteOffset == $1.byteOffset
      }
    guard !isShared else {
      compressor = original.compressor
      return
    }
    var scales: [String: [Float]] = [:]
    for (layer, prepared) in zip(original.layers, original.compressor.prepared) {
      guard let all = prepared.batchNormScale else { continue }
      scales[layer.name] = kept[layer.name].map { $0.map { all[$0] } } ?? all
    }
    // A finetuned network may have fewer channels, and nothing says which.
    for layer in layers where scales[layer.name]?.count != layer.outputChannels {
      scales[layer.name] = nil
    }
    compressor = try PlanCompressor(layers: layers, weights: weights, batchNormScales: scales)
  }

  /// The same model with other numbers in some of its constants.
  func replacing(_ constants: [String: Tensor]) -> OpenedModel {
    OpenedModel(self, replacing: constants)
  }

  private init(_ model: OpenedModel, replacing constants: [String: Tensor]) {
    path = model.path
    fileBytes = model.fileBytes
    var graph = model.graph
    for name in constants.keys.sorted() {
      if let tensor = constants[name] { graph?.replaceConstant(name, with: tensor) }
    }
    self.graph = graph
    tensors = model.tensors
    layers = model.layers
    weights = model.weights
    compressor = model.compressor
    foldedBatchNorms = model.foldedBatchNorms
    unsupported = model.unsupported
    original = model.original
  }

  private static func layers(of graph: NetworkGraph) -> ([CompressibleLayer], [Tensor]) {
    let producers = graph.producers()
    var layers: [CompressibleLayer] = []
    var weights: [Tensor] = []
    for layer in graph.compressibleLayers() {
      guard let tensor = graph.constant(layer.weight, producers: producers) else { continue }
      layers.append(layer)
      weights.append(tensor)
    }
    return (layers, weights)
  }

  private static func unsupported(in graph: NetworkGraph) -> [ModelSummary.UnsupportedNode] {
    UnsupportedOperators.find(in: graph, registry: .standard).map { entry in
      let node = graph.nodes[entry.nodeIndex]
      return ModelSummary.UnsupportedNode(
        node: node.name.isEmpty ? (node.outputs.first ?? "\(entry.nodeIndex)") : node.name,
        op: node.op, domain: node.domain, reason: entry.reason)
    }
  }

  /// The file's name without its folder.
  public var name: String { URL(filePath: path).lastPathComponent }

  /// The SHA-256 of the model file, as lower-case hexadecimal.
  ///
  /// - Complexity: O(file).
  public func sha256() throws(EngineError) -> String { try SHA256.hex(ofFile: path) }

  /// Throws unless there is a graph and every node of it can be run.
  ///
  /// - Throws: ``EngineError`` with code `unsupported`, naming the nodes.
  public func runnableGraph() throws(EngineError) -> NetworkGraph {
    guard let graph else {
      throw EngineError(
        .unsupported, path: path, problem: "holds weights without a graph and can't be run",
        remedy: "Open the .onnx export of the model")
    }
    guard unsupported.isEmpty else {
      let named = unsupported.prefix(3).map { "\($0.op) '\($0.node)' (\($0.reason))" }
      let more = unsupported.count > 3 ? " and \(unsupported.count - 3) more" : ""
      throw EngineError(
        .unsupported, path: path,
        problem: "can't be run because of \(named.joined(separator: ", "))\(more)",
        remedy: "Inspecting, pruning, quantizing and exporting work all the same")
    }
    return graph
  }

  /// What the screen shows before anything is measured.
  public var summary: ModelSummary {
    let costs = sampleMultiplyAdds()
    return ModelSummary(
      path: path, name: name, fileBytes: fileBytes,
      layers: layers.map { layer in
        let known = layer.nodes.compactMap { costs?[$0] }
        return ModelSummary.Layer(
          layer: layer,
          multiplyAdds: known.count == layer.nodes.count && costs != nil
            ? known.reduce(0, +) : nil)
      },
      unsupported: unsupported, hasGraph: graph != nil, foldedBatchNorms: foldedBatchNorms)
  }

  /// Multiply-adds of each node for one sample; nil when input shapes are not known or do not fit.
  public func sampleMultiplyAdds() -> [Int?]? {
    graph?.sampleMultiplyAdds()
  }

  /// The tensors of a file without a graph; nil for ONNX.
  private static func weightFile(
    _ path: String
  ) throws(EngineError) -> (tensors: OrderedDictionary<String, Tensor>, bytes: Int)? {
    if path.hasSuffix(".safetensors") || path.hasSuffix(".safetensors.index.json") {
      let file = try SafetensorsReader.read(path: path)
      return (file.tensors, file.fileBytes)
    }
    guard PyTorchReader.isWeightFile(path) else { return nil }
    let file = try PyTorchReader.read(path: path)
    return (file.tensors, file.fileBytes)
  }

  /// The layers of a weight file: float tensors of two or more axes, named without `.weight`.
  private static func layers(
    of tensors: OrderedDictionary<String, Tensor>
  ) -> ([CompressibleLayer], [Tensor]) {
    var layers: [CompressibleLayer] = []
    var weights: [Tensor] = []
    for (name, tensor) in tensors where tensor.rank >= 2 && tensor.type == .float32 {
      let suffix = ".weight"
      layers.append(
        CompressibleLayer(
          name: name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name,
          weight: name, nodes: [layers.count], op: tensor.rank == 2 ? "Gemm" : "Conv",
          shape: tensor.shape, outputAxis: 0, inputAxis: 1))
      weights.append(tensor)
    }
    return (layers, weights)
  }
}
