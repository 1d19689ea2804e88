import OrderedCollections
import Tensors

/// One operation of the graph: an operator applied to named values.
public struct Node: Sendable {
  /// The node's own name; often empty.
  public var name: String
  /// The operator, such as `Conv`.
  public var op: String
  /// The operator's domain; empty for ONNX's own (`ai.onnx` is read as empty).
  public var domain: String
  /// Names of the inputs; an empty name is an omitted optional input.
  public var inputs: [String]
  /// Names of the outputs; an empty name is an output nobody needs.
  public var outputs: [String]
  /// The attributes in file order.
  public var attributes: OrderedDictionary<String, AttributeValue>
  /// Fields of the `NodeProto` that this version does not interpret, byte for byte.
  public var preserved: [UInt8]
  /// Uninterpreted `AttributeProto` fields (such as a documentation string) by attribute.
  public var preservedAttributeFields: [String: [UInt8]] = [:]
  /// Name and uninterpreted `TensorProto` fields of tensor attributes, by attribute.
  public var preservedTensorFields: [String: [UInt8]] = [:]

  /// Makes a node.
  public init(
    name: String = "", op: String, domain: String = "", inputs: [String], outputs: [String],
    attributes: OrderedDictionary<String, AttributeValue> = [:], preserved: [UInt8] = []
  ) {
    self.name = name
    self.op = op
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.preserved = preserved
  }

  /// An integer attribute; nil when absent or of another kind.
  public func int(_ name: String) -> Int? {
    if case .int(let value)? = attributes[name] { value } else { nil }
  }

  /// A float attribute; nil when absent or of another kind.
  public func float(_ name: String) -> Float? {
    if case .float(let value)? = attributes[name] { value } else { nil }
  }

  /// A string attribute, decoded as UTF-8; nil when absent or of another kind.
  public func string(_ name: String) -> String? {
    if case .string(let bytes)? = attributes[name] {
      String(decoding: bytes, as: UTF8.self)
    } else {
      nil
    }
  }

  /// An integer-list attribute; nil when absent.
  ///
  /// An empty list may have been stored without a kind.
  public func ints(_ name: String) -> [Int]? {
    switch attributes[name] {
    case .ints(let values)?: values
    case .floats(let values)? where values.isEmpty: []
    default: nil
    }
  }

  /// A float-list attribute; nil when absent.
  public func floats(_ name: String) -> [Float]? {
    switch attributes[name] {
    case .floats(let values)?: values
    case .ints(let values)? where values.isEmpty: []
    default: nil
    }
  }

  /// A tensor attribute; nil when absent or of another kind.
  public func tensor(_ name: String) -> Tensor? {
    if case .tensor(let value)? = attributes[name] { value } else { nil }
  }

  /// A subgraph attribute; nil when absent or of another kind.
  public func graph(_ name: String) -> NetworkGraph? {
    if case .graph(let value)? = attributes[name] { value } else { nil }
  }

  /// The subgraphs of all attributes (`If`, `Loop`, `Scan`).
  public var subgraphs: [NetworkGraph] {
    attributes.values.flatMap { value -> [NetworkGraph] in
      switch value {
      case .graph(let graph): [graph]
      case .graphs(let graphs): graphs
      default: []
      }
    }
  }
}
