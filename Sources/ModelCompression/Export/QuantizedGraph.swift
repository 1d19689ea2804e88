import NetworkGraph
import Tensors

/// Graphs with compressed weights in place of the original ones.
public struct QuantizedGraph: Sendable {
  /// The integer type that holds the codes of integers or palettes in an ONNX file.
  ///
  /// Files know 4, 8 and 16 bits: 1 to 3 bit codes take 4, and 5 to 7 bit codes take 8.
  public static func container(for quantization: WeightQuantization) -> ElementType {
    let isSigned = quantization.scheme == .symmetric
    return switch quantization.bits {
    case ...4: isSigned ? .int4 : .uint4
    case ...8: isSigned ? .int8 : .uint8
    default: isSigned ? .int16 : .uint16
    }
  }

  /// The lowest version of ONNX's operator set that can express `weights`.
  ///
  /// `DequantizeLinear` of 8-bit integers needs 13, of float8 types 19, of 4-bit and 16-bit integers and
  /// of blocks 21. `Cast` of bfloat16 needs 13, of 4-bit integers 21; of float16 any does.
  public static func requiredOpset(for weights: [CompressedWeights]) -> Int {
    weights.reduce(1) { opset, entry in
      guard let quantized = entry.quantized, let quantization = entry.setting.weights else {
        return opset
      }
      return max(opset, requiredOpset(quantized.form, quantization))
    }
  }

  private static func requiredOpset(
    _ form: QuantizedForm, _ quantization: WeightQuantization
  ) -> Int {
    if form.layout.needsBlocks, form.kind != .palette { return 21 }
    switch form.kind {
    case .floats:
      return form.hasScales ? 19 : (form.codes == .bfloat16 ? 13 : 1)
    case .integers, .palette:
      return [.int8, .uint8].contains(container(for: quantization)) ? 13 : 21
    }
  }

  /// The graph with float weights: pruned and quantized ones replaced by the numbers they stand for,
  /// zeros included.
  ///
  /// - Throws: ``EngineError`` with code `shapeMismatch` for weights that are not the graph's.
  public static func baked(
    _ graph: NetworkGraph, weights: [CompressedWeights]
  ) throws(EngineError) -> NetworkGraph {
    var result = graph
    let producers = graph.producers()
    for entry in weights where !entry.isUntouched {
      try check(entry, in: graph, producers: producers)
      result.replaceConstant(entry.layer.weight, with: entry.dequantized)
    }
    return result
  }

  /// The graph with quantized weights as codes behind nodes that decode them; pruned float weights have
  /// their zeros baked in.
  ///
  /// Integers and float8 types: `DequantizeLinear`. float16 and bfloat16: `Cast`. Palettes: the codes
  /// cast to indices, shifted to their palette where there are several, and a `Gather` of levels.
  ///
  /// The last node's output has the weight's old name, so nothing else in the graph changes; a runtime
  /// computes exactly ``CompressedWeights/dequantized``. A graph of a lower operator set than
  /// ``requiredOpset(for:)`` is upgraded.
  ///
  /// - Throws: ``EngineError`` with code `shapeMismatch` for weights that are not the graph's, or
  ///   `unsupported` naming the node that can't be upgraded.
  public static func rewrite(
    _ graph: NetworkGraph, weights: [CompressedWeights]
  ) throws(EngineError) -> NetworkGraph {
    var result = graph
    let opset = requiredOpset(for: weights)
    if result.opset < opset { result = try result.upgraded(toOpset: opset) }
    let producers = result.producers()
    var names = UniqueNames(result)
    var dequantizing: [Node] = []
    var replaced: Set<String> = []
    for entry in weights where !entry.isUntouched {
      try check(entry, in: result, producers: producers)
      let name = entry.layer.weight
      guard let quantized = entry.quantized, let quantization = entry.setting.weights else {
        result.replaceConstant(name, with: entry.dequantized)
        continue
      }
      result.initializers.removeValue(forKey: name)
      result.preservedTensorFields[name] = nil
      result.inputs.removeAll { $0.name == name }
      replaced.insert(name)
      var decoder = WeightDecoder(graph: result, names: names)
      dequantizing += decoder.nodes(name, quantized, container: container(for: quantization))
      (result, names) = (decoder.graph, decoder.names)
    }
    result.nodes.removeAll { node in
      node.op == "Constant" && node.domain.isEmpty
        && node.outputs.contains { replaced.contains($0) }
    }
    // They read initializers only, so the front is in evaluation order.
    result.nodes.insert(contentsOf: dequantizing, at: 0)
    return result
  }

  private static func check(
    _ entry: CompressedWeights, in graph: NetworkGraph, producers: [String: Int]
  ) throws(EngineError) {
    guard let tensor = graph.constant(entry.layer.weight, producers: producers),
      tensor.shape == entry.dequantized.shape, tensor.type == .float32
    else {
      throw EngineError(
        .shapeMismatch, subject: "layer '\(entry.layer.name)'",
        problem: "the graph has no float32 weight '\(entry.layer.weight)' of shape "
          + "\(entry.dequantized.shape)",
        remedy: "Use the graph that the layers were found in")
    }
  }
}
