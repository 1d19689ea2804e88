import ModelFormats
import NetworkGraph
import Operators
import OrderedCollections
import Tensors

/// The weights of an exported file as a runtime would see them.
enum ExportedWeights {
  /// A graph; quantized weights come out of their `DequantizeLinear`.
  case graph(NetworkGraph, producers: [String: Int])
  /// A weight file.
  case tensors(OrderedDictionary<String, Tensor>)

  /// A constant that is stored as it is; nil when the file has none of that name.
  func constant(_ name: String) -> Tensor? {
    switch self {
    case .tensors(let tensors): tensors[name]
    case .graph(let graph, let producers): graph.constant(name, producers: producers)
    }
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
    case .tensors(let tensors):
      guard let tensor = tensors[layer.weight] else { throw missing }
      return tensor.floats
    case .graph(let graph, let producers):
      if let tensor = graph.constant(layer.weight, producers: producers) { return tensor.floats }
      guard let index = producers[layer.weight] else { throw missing }
      let node = graph.nodes[index]
      let inputs = node.inputs.map { graph.constant($0, producers: producers) }
      guard node.op == "DequantizeLinear", !inputs.contains(where: { $0 == nil }),
        let kernel = OperatorRegistry.standard[node]
      else { throw missing }
      let call = OperatorCall(node: node, opset: graph.opset)
      guard let tensor = try kernel.run(call, inputs).first else { throw missing }
      return tensor.floats
    }
  }
}
