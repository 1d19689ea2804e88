import NetworkGraph
import Tensors

/// Graphs with compressed weights in place of the original ones.
public struct QuantizedGraph: Sendable {
  /// The integer type that holds the codes of a quantization in an ONNX file.
  ///
  /// Files know 4, 8 and 16 bits: 2 and 3 bit codes take 4, and 5 to 7 bit codes take 8.
  public static func container(for quantization: WeightQuantization) -> ElementType {
    let isSymmetric = quantization.scheme == .symmetric
    return switch quantization.bits {
    case ...4: isSymmetric ? .int4 : .uint4
    case ...8: isSymmetric ? .int8 : .uint8
    default: isSymmetric ? .int16 : .uint16
    }
  }

  /// The lowest version of ONNX's operator set whose `DequantizeLinear` can express `weights`.
  ///
  /// It is 13 for 8-bit types; 21 for 4-bit and 16-bit types and for blocks; 1 for floats.
  public static func requiredOpset(for weights: [CompressedWeights]) -> Int {
    var opset = 1
    for entry in weights {
      guard let quantized = entry.quantized, let quantization = entry.setting.weights else {
        continue
      }
      let isByte = [.int8, .uint8].contains(container(for: quantization))
      opset = max(opset, isByte && !quantized.layout.needsBlocks ? 13 : 21)
    }
    return opset
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

  /// The graph with quantized weights as integers behind `DequantizeLinear` nodes; pruned float
  /// weights have their zeros baked in.
  ///
  /// The node's output has the weight's old name, so nothing else in the graph changes; a runtime
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
      dequantizing.append(
        dequantize(
          name, quantized, container: container(for: quantization), names: &names,
          graph: &result))
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

  private static func dequantize(
    _ name: String, _ quantized: QuantizedWeights, container: ElementType,
    names: inout UniqueNames, graph: inout NetworkGraph
  ) -> Node {
    let codes = names.fresh(name + "_quantized")
    let scale = names.fresh(name + "_scale")
    graph.initializers[codes] = quantized.codes.reinterpreted(as: container)
    graph.initializers[scale] = quantized.layout.expressed(quantized.scales)
    var node = Node(
      name: name + "/DequantizeLinear", op: "DequantizeLinear", inputs: [codes, scale],
      outputs: [name])
    if let zeroPoints = quantized.zeroPoints {
      let zero = names.fresh(name + "_zero_point")
      graph.initializers[zero] =
        quantized.layout.expressed(zeroPoints).reinterpreted(as: container)
      node.inputs.append(zero)
    }
    switch quantized.layout.form {
    case .tensor: break
    case .axis(let axis): node.attributes["axis"] = .int(axis)
    case .blocks(let axis, let size):
      node.attributes["axis"] = .int(axis)
      node.attributes["block_size"] = .int(size)
    case .channelsOfGroups(let perGroup):
      node.attributes["axis"] = .int(0)
      node.attributes["block_size"] = .int(perGroup)
    }
    return node
  }
}

extension ScaleLayout {
  /// Whether only a `DequantizeLinear` with blocks expresses the layout.
  var needsBlocks: Bool {
    switch form {
    case .tensor, .axis: false
    case .blocks, .channelsOfGroups: true
    }
  }

  /// Scales or zero points in the shape that `DequantizeLinear` wants.
  ///
  /// Only channels of groups differ: blocks on axis 0 need one value for each kernel position too.
  func expressed(_ values: Tensor) -> Tensor {
    guard case .channelsOfGroups = form else { return values }
    let inner = weightShape[2...].reduce(1, *)
    let size = values.type.byteSize
    return Tensor(type: values.type, shape: shape + weightShape[2...]) { bytes in
      values.withBytes { source in
        for index in 0..<(values.count * inner) {
          for byte in 0..<size {
            bytes[index * size + byte] = source[index / inner * size + byte]
          }
        }
      }
    }
  }
}
