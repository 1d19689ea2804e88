import NetworkGraph
import OrderedCollections
import Tensors

/// Reads `ModelProto`, `GraphProto` and `NodeProto` messages.
struct ONNXGraphParser {
  /// How deep graphs may lie in attributes of graphs: deeper than exporters go, fit for the stack.
  static let deepest = 16

  let bytes: UnsafeRawBufferPointer
  let tensors: ONNXTensorParser

  /// The whole file as a model.
  func model() throws(EngineError) -> NetworkGraph {
    var irVersion = 0
    var opsets: OrderedDictionary<String, Int> = [:]
    var functionNames: Set<String> = []
    var preserved: [UInt8] = []
    var graphRange: Range<Int>?
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field.number {
      case 1: irVersion = try field.integer()
      case 7:
        guard graphRange == nil else {
          throw reader.malformed(field.range.lowerBound, "the model holds two graphs")
        }
        graphRange = try field.bytesRange()
      case 8: try opset(reader.message(field), into: &opsets)
      case 25:
        functionNames.insert(try functionName(reader.message(field)))
        preserved += reader.copy(field)
      default: preserved += reader.copy(field)
      }
    }
    guard let graphRange else { throw ONNXSignature.notAModel("it holds no graph") }
    try check(opsets)
    var graph = try graph(graphRange, depth: 0)
    graph.irVersion = irVersion
    graph.opsets = opsets
    graph.functionNames = functionNames
    graph.preservedModelFields = preserved
    return graph
  }

  private func check(_ opsets: OrderedDictionary<String, Int>) throws(EngineError) {
    guard let version = opsets[""] else { return }
    if version > ONNXReader.newestOpset {
      throw EngineError(
        .unsupported,
        problem: "uses opset \(version) of ONNX; versions up to \(ONNXReader.newestOpset) are read",
        remedy: "Export it with opset \(ONNXReader.newestOpset) or lower, "
          + "or convert it with onnx.version_converter")
    }
    if version < 1 {
      throw EngineError(
        .malformedFile, problem: "declares opset \(version), which does not exist",
        remedy: ProtobufReader.damagedRemedy)
    }
  }

  private func opset(
    _ message: ProtobufReader, into opsets: inout OrderedDictionary<String, Int>
  ) throws(EngineError) {
    var reader = message
    let start = reader.position
    var (domain, version) = ("", 0)
    while let field = try reader.next() {
      if field.number == 1 { domain = Self.canonical(try reader.string(field)) }
      if field.number == 2 { version = try field.integer() }
    }
    if let other = opsets.updateValue(version, forKey: domain), other != version {
      throw reader.malformed(
        start, "domain '\(domain)' is imported in version \(other) and in version \(version)")
    }
  }

  private func functionName(_ message: ProtobufReader) throws(EngineError) -> String {
    var reader = message
    var (domain, name) = ("", "")
    while let field = try reader.next() {
      if field.number == 1 { name = try reader.string(field) }
      if field.number == 10 { domain = Self.canonical(try reader.string(field)) }
    }
    return "\(domain):\(name)"
  }

  static func canonical(_ domain: String) -> String { domain == "ai.onnx" ? "" : domain }

  /// The graph at `range`, which lies `depth` graphs deep, with its nodes sorted.
  func graph(_ range: Range<Int>, depth: Int) throws(EngineError) -> NetworkGraph {
    guard depth <= Self.deepest else {
      throw EngineError(
        .malformedFile, byteOffset: range.lowerBound,
        problem: "graphs are nested more than \(Self.deepest) deep",
        remedy: ProtobufReader.damagedRemedy)
    }
    var graph = NetworkGraph(opsets: [:], irVersion: 0)
    let values = ONNXValueInfoParser(bytes: bytes)
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      switch field.number {
      case 1: graph.nodes.append(try node(field, index: graph.nodes.count, depth: depth))
      case 2: graph.name = try reader.string(field)
      case 5: try addInitializer(field, to: &graph)
      case 11: graph.inputs.append(try values.valueInfo(field.bytesRange()))
      case 12: graph.outputs.append(try values.valueInfo(field.bytesRange()))
      case 13: graph.valueInfos.append(try values.valueInfo(field.bytesRange()))
      case 15: try addSparse(field, to: &graph)
      default: graph.preservedGraphFields += reader.copy(field)
      }
    }
    try checkInputs(graph)
    try graph.sortNodes(outer: depth == 0 ? [] : capturedNames(graph))
    return graph
  }

  private func addInitializer(
    _ field: ProtobufField, to graph: inout NetworkGraph
  ) throws(EngineError) {
    let (name, tensor, preserved) = try tensors.tensor(field.bytesRange())
    try insert(tensor, name, field, &graph)
    if !preserved.isEmpty { graph.preservedTensorFields[name] = preserved }
  }

  private func addSparse(
    _ field: ProtobufField, to graph: inout NetworkGraph
  ) throws(EngineError) {
    let (name, tensor) = try ONNXSparseTensor(tensors: tensors).tensor(field.bytesRange())
    try insert(tensor, name, field, &graph)
  }

  private func insert(
    _ tensor: Tensor, _ name: String, _ field: ProtobufField, _ graph: inout NetworkGraph
  ) throws(EngineError) {
    let problem: String? =
      name.isEmpty
      ? "initializer \(graph.initializers.count) has no name"
      : graph.initializers[name] != nil ? "initializer '\(name)' is stored twice" : nil
    if let problem {
      throw EngineError(
        .malformedFile, byteOffset: field.range.lowerBound, problem: problem,
        remedy: "Export the model again or check it with onnx.checker")
    }
    graph.initializers[name] = tensor
  }

  private func checkInputs(_ graph: NetworkGraph) throws(EngineError) {
    var seen = Set<String>()
    for input in graph.inputs where !seen.insert(input.name).inserted {
      throw EngineError(
        .malformedFile, subject: "input '\(input.name)'", problem: "is declared twice",
        remedy: "Export the model again or check it with onnx.checker")
    }
  }

  /// What a graph inside another reads but nowhere defines, whatever the order of its nodes.
  ///
  /// The sorting of the graph around it checks these names in turn.
  private func capturedNames(_ graph: NetworkGraph) -> Set<String> {
    var names = Set(graph.nodes.flatMap(\.allInputs)).union(graph.outputs.map(\.name))
    names.subtract(graph.nodes.flatMap(\.outputs))
    names.subtract(graph.inputs.map(\.name))
    names.subtract(graph.initializers.keys)
    return names
  }

  private func node(
    _ field: ProtobufField, index: Int, depth: Int
  ) throws(EngineError) -> Node {
    var node = Node(op: "", inputs: [], outputs: [])
    do throws(EngineError) {
      // Attributes come last, so that their errors can name the operator.
      var attributes: [ProtobufField] = []
      var reader = ProtobufReader(bytes, try field.bytesRange())
      while let field = try reader.next() {
        switch field.number {
        case 1: node.inputs.append(try reader.string(field))
        case 2: node.outputs.append(try reader.string(field))
        case 3: node.name = try reader.string(field)
        case 4: node.op = try reader.string(field)
        case 5: attributes.append(field)
        case 7: node.domain = Self.canonical(try reader.string(field))
        default: node.preserved += reader.copy(field)
        }
      }
      guard !node.op.isEmpty else {
        throw reader.malformed(field.range.lowerBound, "names no operator")
      }
      for attribute in attributes { try add(attribute, to: &node, depth) }
      return node
    } catch {
      throw error.within("node \(index) (\(node.op.isEmpty ? "?" : node.op))")
    }
  }

  private func add(
    _ field: ProtobufField, to node: inout Node, _ depth: Int
  ) throws(EngineError) {
    let parser = ONNXAttributeParser(bytes: bytes, tensors: tensors)
    let parsed = try parser.attribute(field.bytesRange(), depth: depth)
    guard node.attributes.updateValue(parsed.value, forKey: parsed.name) == nil else {
      throw EngineError(
        .malformedFile, byteOffset: field.range.lowerBound,
        subject: "attribute '\(parsed.name)'", problem: "is given twice",
        remedy: "Export the model again or check it with onnx.checker")
    }
    if !parsed.preserved.isEmpty {
      node.preservedAttributeFields[parsed.name] = parsed.preserved
    }
    if !parsed.tensorFields.isEmpty {
      node.preservedTensorFields[parsed.name] = parsed.tensorFields
    }
  }
}
