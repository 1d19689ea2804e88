import NetworkGraph
import Tensors

/// Encodes models, graphs and nodes.
enum ONNXGraphEncoder {
  /// A `ModelProto`.
  static func model(_ graph: NetworkGraph, _ encoder: inout ProtobufEncoder) {
    encoder.integer(1, graph.irVersion)
    encoder.bytes(graph.preservedModelFields)
    encoder.message(7) { Self.graph(graph, &$0) }
    for (domain, version) in graph.opsets {
      encoder.message(8) { encoder in
        if !domain.isEmpty { encoder.string(1, domain) }
        encoder.integer(2, version)
      }
    }
  }

  /// A `GraphProto`.
  static func graph(_ graph: NetworkGraph, _ encoder: inout ProtobufEncoder) {
    for node in graph.nodes { encoder.message(1) { Self.node(node, &$0) } }
    if !graph.name.isEmpty { encoder.string(2, graph.name) }
    for (name, tensor) in graph.initializers {
      let preserved = graph.preservedTensorFields[name] ?? []
      encoder.message(5) { encoder in
        ONNXTensorEncoder.tensor(tensor, &encoder)
        encoder.string(8, name)
        encoder.bytes(preserved)
      }
    }
    for (field, values) in [(11, graph.inputs), (12, graph.outputs), (13, graph.valueInfos)] {
      for value in values { encoder.message(field) { ONNXValueInfoEncoder.valueInfo(value, &$0) } }
    }
    encoder.bytes(graph.preservedGraphFields)
  }

  private static func node(_ node: Node, _ encoder: inout ProtobufEncoder) {
    for input in node.inputs { encoder.string(1, input) }
    for output in node.outputs { encoder.string(2, output) }
    if !node.name.isEmpty { encoder.string(3, node.name) }
    encoder.string(4, node.op)
    for (name, value) in node.attributes {
      encoder.message(5) { encoder in
        encoder.string(1, name)
        Self.value(value, tensorFields: node.preservedTensorFields[name] ?? [], &encoder)
        encoder.bytes(node.preservedAttributeFields[name] ?? [])
      }
    }
    if !node.domain.isEmpty { encoder.string(7, node.domain) }
    encoder.bytes(node.preserved)
  }

  /// The value fields of an `AttributeProto` with its kind.
  private static func value(
    _ value: AttributeValue, tensorFields: [UInt8], _ encoder: inout ProtobufEncoder
  ) {
    let kind: Int
    switch value {
    case .float(let value):
      encoder.float(2, value)
      kind = 1
    case .int(let value):
      encoder.integer(3, value)
      kind = 2
    case .string(let value):
      encoder.data(4, value)
      kind = 3
    case .tensor(let value):
      encoder.message(5) { encoder in
        ONNXTensorEncoder.tensor(value, &encoder)
        encoder.bytes(tensorFields)
      }
      kind = 4
    case .graph(let value):
      encoder.message(6) { Self.graph(value, &$0) }
      kind = 5
    case .floats(let values):
      for value in values { encoder.float(7, value) }
      kind = 6
    case .ints(let values):
      for value in values { encoder.integer(8, value) }
      kind = 7
    case .strings(let values):
      for value in values { encoder.data(9, value) }
      kind = 8
    case .tensors(let values):
      for value in values { encoder.message(10) { ONNXTensorEncoder.tensor(value, &$0) } }
      kind = 9
    case .graphs(let values):
      for value in values { encoder.message(11) { Self.graph(value, &$0) } }
      kind = 10
    case .opaque(let fields):
      // The kind is among the fields.
      encoder.bytes(fields)
      return
    }
    encoder.integer(20, kind)
  }
}
