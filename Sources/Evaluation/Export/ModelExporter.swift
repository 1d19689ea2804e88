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
  private let layout: StateDictLayout
  /// Whether the weights are stand-ins without numbers: only sizes can be told.
  private let isForSize: Bool

  /// An exporter of `compressed`, which must have been made for `model`.
  ///
  /// What the plan's steps made of the network is what is written, repaired constants included.
  public init(model: OpenedModel, compressed: CompressedPlan) {
    let network = compressed.network(of: model)
    self.init(
      model: network, weights: compressed.weights, layout: StateDictLayout(model: network))
  }

  /// An exporter of one compressed weight a layer, nil for layers left alone.
  init(
    model: OpenedModel, weights: [CompressedWeights?], layout: StateDictLayout,
    isForSize: Bool = false
  ) {
    self.isForSize = isForSize
    self.model = model
    self.weights = weights
    self.layout = layout
  }

  /// The formats this model can be written in: weight files have no graph to write, and do not say
  /// which of their matrices belong to linear layers.
  public static func formats(for model: OpenedModel) -> [ExportFormat] {
    ExportFormat.allCases.filter { format in
      model.graph != nil
        || [.safetensors, .pth, .pthMask, .compressedBitmask, .compressed24].contains(format)
    }
  }

  /// The exact size of what ``write(_:to:)`` writes, all files together.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` when the model can't take that form.
  public func byteCount(_ format: ExportFormat) throws(EngineError) -> Int {
    try check(format)
    switch format {
    case .onnx, .onnxQDQ: return ONNXWriter.byteCount(try graph(format))
    case .safetensors: return SafetensorsWriter.byteCount(tensors: tensors, metadata: metadata)
    case .pth, .pthMask, .pthInt8: return try PyTorchWriter.byteCount(stateDict(format))
    case .compressedPack, .compressedInt, .compressedFloat, .compressedBitmask, .compressed24:
      let (tensors, config) = compressedTensors(format).build()
      return SafetensorsWriter.byteCount(tensors: tensors, metadata: metadata(config))
        + config.bytes.count
    }
  }

  /// Writes the file, and those beside it, under temporary names, then renames them; returns the
  /// bytes of all.
  ///
  /// - Throws: ``EngineError``; nothing is left behind then.
  public func write(_ format: ExportFormat, to path: String) throws(EngineError) -> Int {
    try check(format)
    switch format {
    case .onnx, .onnxQDQ: return try ONNXWriter.write(try graph(format), to: path)
    case .safetensors:
      return try SafetensorsWriter.write(tensors: tensors, metadata: metadata, to: path)
    case .pth, .pthMask, .pthInt8: return try PyTorchWriter.write(stateDict(format), to: path)
    case .compressedPack, .compressedInt, .compressedFloat, .compressedBitmask, .compressed24:
      return try writeCompressed(format, to: path)
    }
  }

  /// What the user should know about a format for this plan: which layers it can't hold compressed.
  public func notices(_ format: ExportFormat) -> [String] {
    let changed = weights.indices.filter { weights[$0] != nil }
    func rest(_ covered: [Int], _ which: (CompressedWeights) -> Bool, _ reason: String) -> [String]
    {
      let left = changed.filter { index in
        !covered.contains(index) && (weights[index].map(which) ?? false)
      }
      guard let first = left.first else { return [] }
      let verb = left.count > 1 ? " and \(left.count - 1) more stay" : " stays"
      return [
        "\(layout.layers[first].module)\(verb) at 32-bit floats with the previewed values: \(reason)"
      ]
    }
    switch format {
    case .pthInt8:
      return rest(
        builder.quantizedLinear, { $0.quantized != nil },
        "PyTorch's dynamic modules are linear layers of 8 symmetric bits or fewer, per tensor or channel"
      )
    case .compressedPack, .compressedInt, .compressedFloat:
      return rest(
        compressedTensors(format).covered, { $0.quantized != nil },
        "the format holds linear layers and embeddings, with groups that divide the row")
    case .compressedBitmask:
      return rest(
        compressedTensors(format).covered, { $0.prunedCount > 0 }, "their names are no modules")
    case .compressed24:
      return rest(
        compressedTensors(format).covered, { $0.prunedCount > 0 },
        "the format holds matrices pruned to two of four")
    default: return []
    }
  }

  private func check(_ format: ExportFormat) throws(EngineError) {
    let known = Self.formats(for: model)
    guard !known.contains(format) else { return }
    throw EngineError(
      .unsupported, path: model.path,
      problem: "holds no graph, so it can't be written as \(format.rawValue)",
      remedy: "Export it as \(known.map(\.rawValue).joined(separator: ", "))")
  }

  // ONNX.

  private func graph(_ format: ExportFormat) throws(EngineError) -> NetworkGraph {
    let graph = model.graph ?? NetworkGraph()
    let weights = weights.compactMap { $0 }
    guard format == .onnxQDQ else { return try QuantizedGraph.baked(graph, weights: weights) }
    return ActivationQuantizer.completed(
      try QuantizedGraph.rewrite(graph, weights: weights), isForSize: isForSize)
  }

  // Safetensors.

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

  // PyTorch.

  private var builder: StateDictBuilder {
    StateDictBuilder(model: model, layout: layout, weights: weights)
  }

  private func stateDict(_ format: ExportFormat) -> PyTorchStateDict {
    switch format {
    case .pthMask: builder.masked
    case .pthInt8: builder.dynamicInt8
    default: builder.plain
    }
  }

  // compressed-tensors.

  private func compressedTensors(_ format: ExportFormat) -> CompressedTensorsBuilder {
    CompressedTensorsBuilder(
      model: model, layout: layout, weights: weights,
      format: format.compressedTensors ?? .packQuantized)
  }

  private func metadata(_ config: CompressedTensorsConfig) -> [String: String] {
    ["format": "pt", ExportedWeights.formatKey: config.format.rawValue]
  }

  private func writeCompressed(
    _ format: ExportFormat, to path: String
  ) throws(EngineError) -> Int {
    let builder = compressedTensors(format)
    if format == .compressed24 {
      for index in builder.covered {
        guard let compressed = weights[index],
          !SparseTwoOfFour.holds(layout.layers[index].stored(compressed.dequantized))
        else { continue }
        throw EngineError(
          .unsupported, subject: "layer '\(compressed.layer.name)'",
          problem: "has more than two of four neighbours left",
          remedy: "Prune it with the pattern {keep: 2, of: 4}, or export another format")
      }
    }
    let (tensors, config) = builder.build()
    // Both are complete before either gets its name.
    let configFile = try AtomicFile(path: CompressedTensorsReader.configPath(for: path))
    try configFile.append(config.bytes)
    let file = try AtomicFile(path: path)
    try SafetensorsWriter.write(tensors: tensors, metadata: metadata(config), into: file)
    return try file.commit() + configFile.commit()
  }
}
