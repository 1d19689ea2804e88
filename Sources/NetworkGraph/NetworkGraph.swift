import OrderedCollections
import Tensors

/// A network as a list of nodes over named values, with its constant weights: a value that rewrites
/// copy and change.
///
/// Nodes are in evaluation order: every value is produced before it is used. Every name is produced
/// once. Readers establish both; ``checkInvariants()`` tests them.
public struct NetworkGraph: Sendable {
  /// The graph's name in the file.
  public var name: String
  /// Operator-set version by domain; `""` is ONNX's own.
  public var opsets: OrderedDictionary<String, Int>
  /// `ModelProto.ir_version`; 0 for a subgraph.
  public var irVersion: Int
  /// The nodes in evaluation order.
  public var nodes: [Node]
  /// The declared inputs; in files of IR 3 the initializers are listed here too.
  public var inputs: [ValueInfo]
  /// The declared outputs.
  public var outputs: [ValueInfo]
  /// Declarations of intermediate values.
  public var valueInfos: [ValueInfo]
  /// Constant weights by name, in file order.
  public var initializers: OrderedDictionary<String, Tensor>
  /// Uninterpreted `TensorProto` fields (such as a documentation string) by initializer.
  public var preservedTensorFields: [String: [UInt8]]
  /// Uninterpreted `GraphProto` fields, byte for byte.
  public var preservedGraphFields: [UInt8]
  /// Uninterpreted `ModelProto` fields (producer, metadata, functions ...), byte for byte.
  public var preservedModelFields: [UInt8]
  /// Operators that the file defines itself as functions, as `domain:name`; they are kept on writing.
  public var functionNames: Set<String>

  /// Makes a graph.
  public init(
    name: String = "", opsets: OrderedDictionary<String, Int> = ["": 21], irVersion: Int = 10,
    nodes: [Node] = [], inputs: [ValueInfo] = [], outputs: [ValueInfo] = [],
    valueInfos: [ValueInfo] = [], initializers: OrderedDictionary<String, Tensor> = [:]
  ) {
    self.name = name
    self.opsets = opsets
    self.irVersion = irVersion
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
    self.valueInfos = valueInfos
    self.initializers = initializers
    preservedTensorFields = [:]
    preservedGraphFields = []
    preservedModelFields = []
    functionNames = []
  }

  /// The version of ONNX's own operator set.
  public var opset: Int { opsets[""] ?? 1 }

  /// The inputs that a caller has to give: those that no initializer provides.
  public var runtimeInputs: [ValueInfo] {
    inputs.filter { initializers[$0.name] == nil }
  }

  /// The index of the node that produces each value.
  public func producers() -> [String: Int] {
    var result: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { result[output] = index }
    }
    return result
  }

  /// The indices of the nodes that read each value, subgraphs included, in order.
  public func consumers() -> [String: [Int]] {
    var result: [String: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in node.allInputs { result[input, default: []].append(index) }
    }
    return result
  }

  /// The constant that `name` stands for: an initializer, or the output of a `Constant` node.
  public func constant(_ name: String, producers: [String: Int]? = nil) -> Tensor? {
    if let tensor = initializers[name] { return tensor }
    let index = producers.map { $0[name] } ?? nodes.firstIndex { $0.outputs.contains(name) }
    guard let index, nodes[index].op == "Constant", nodes[index].domain.isEmpty else { return nil }
    return nodes[index].constantValue
  }
}

extension Node {
  /// The inputs, and the outer values that subgraphs capture; without omitted ones, without repeats.
  public var allInputs: [String] {
    var seen = Set<String>()
    let captured = subgraphs.flatMap(\.capturedValues)
    return (inputs + captured).filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// The tensor of a `Constant` node in any of its attribute forms; nil for other nodes.
  public var constantValue: Tensor? {
    guard op == "Constant" else { return nil }
    if let tensor = tensor("value") { return tensor }
    if let value = float("value_float") { return Tensor(scalar: value) }
    if let value = int("value_int") { return Tensor(scalar: Int64(value)) }
    if let values = attributes["value_floats"].flatMap({ _ in floats("value_floats") }) {
      return Tensor([values.count], values)
    }
    if let values = attributes["value_ints"].flatMap({ _ in ints("value_ints") }) {
      return Tensor([values.count], values.map { Int64($0) })
    }
    if let value = string("value_string") { return Tensor([], strings: [value]) }
    if case .strings(let values)? = attributes["value_strings"] {
      return Tensor([values.count], strings: values.map { String(decoding: $0, as: UTF8.self) })
    }
    return nil
  }
}

extension NetworkGraph {
  /// The names that a subgraph reads but does not define: they come from the graphs around it.
  public var capturedValues: [String] {
    var defined = Set(inputs.map(\.name)).union(initializers.keys)
    var captured: [String] = []
    var seen = Set<String>()
    for node in nodes {
      for input in node.allInputs where !defined.contains(input) && seen.insert(input).inserted {
        captured.append(input)
      }
      defined.formUnion(node.outputs)
    }
    for output in outputs
    where !defined.contains(output.name) && seen.insert(output.name).inserted {
      captured.append(output.name)
    }
    return captured
  }
}
