import ModelCompression
import ModelFormats
import NetworkGraph
import OrderedCollections
import Tensors

/// Writes a model under a plan, and tells beforehand exactly how many bytes that takes: both go
/// through the same writer.
public struct ModelExporter: Sendable {
  private let model: OpenedModel
  private let weights: [CompressedWeights?]

  /// An exporter of `compressed`, which must have been made for `model`.
  ///
  /// What the plan's steps made of the network is what is written, repaired constants included.
  public init(model: OpenedModel, compressed: CompressedPlan) {
    self.model = compressed.network(of: model)
    weights = compressed.weights
  }

  /// An exporter of one compressed weight a layer, nil for layers left alone.
  init(model: OpenedModel, weights: [CompressedWeights?]) {
    self.model = model
    self.weights = weights
  }

  /// The formats this model can be written in: weight files have no graph to write.
  public static func formats(for model: OpenedModel) -> [ExportFormat] {
    model.graph == nil ? [.safetensors] : ExportFormat.allCases
  }

  /// The exact size of the file that ``write(_:to:)`` writes.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` when the model can't take that form.
  public func byteCount(_ format: ExportFormat) throws(EngineError) -> Int {
    switch format {
    case .onnx, .onnxQDQ: ONNXWriter.byteCount(try graph(format))
    case .safetensors: SafetensorsWriter.byteCount(tensors: tensors, metadata: metadata)
    }
  }

  /// Writes the file under a temporary name, then renames it; returns its bytes.
  ///
  /// - Throws: ``EngineError``; nothing is left behind then.
  public func write(_ format: ExportFormat, to path: String) throws(EngineError) -> Int {
    switch format {
    case .onnx, .onnxQDQ: try ONNXWriter.write(try graph(format), to: path)
    case .safetensors:
      try SafetensorsWriter.write(tensors: tensors, metadata: metadata, to: path)
    }
  }

  private func graph(_ format: ExportFormat) throws(EngineError) -> NetworkGraph {
    guard let graph = model.graph else {
      throw EngineError(
        .unsupported, path: model.path,
        problem: "holds no graph, so it can't be written as \(format.rawValue)",
        remedy: "Export it as safetensors")
    }
    let weights = weights.compactMap { $0 }
    return try format == .onnxQDQ
      ? QuantizedGraph.rewrite(graph, weights: weights)
      : QuantizedGraph.baked(graph, weights: weights)
  }

  /// All weights of the model, the compressed ones in the place of the originals.
  private var tensors: OrderedDictionary<String, Tensor> {
    var result = model.tensors
    if let graph = model.graph {
      for (name, tensor) in graph.initializers { result[name] = tensor }
    }
    for weights in weights.compactMap({ $0 }) {
      result[weights.layer.weight] = weights.dequantized
    }
    return result
  }

  private var metadata: [String: String] { ["format": "pt"] }
}
