import OrderedCollections
import Tensors

/// The rewriting of nodes from one version of the operator set to a newer one.
///
/// A step belongs to the version that made it necessary, and is taken when that version lies between
/// the two.
struct OpsetUpgrade {
  let from: Int
  let to: Int
  var names: UniqueNames

  /// What is known about the values of the graph at hand.
  var ranks: [String: Int] = [:]
  var types: [String: ElementType] = [:]
  var producers: [String: Node] = [:]
  var constants: [String: Tensor] = [:]
  /// Initializers to add to the graph at hand.
  var added: OrderedDictionary<String, Tensor> = [:]

  init(from: Int, to: Int, names: UniqueNames) {
    self.from = from
    self.to = to
    self.names = names
  }

  /// Whether `version` lies between the two.
  func crosses(_ version: Int) -> Bool { from < version && version <= to }

  /// The rewritten graph; `outer` are constants of the graphs around it.
  mutating func upgraded(
    _ graph: NetworkGraph, outer: [String: Tensor]
  ) throws(EngineError) -> NetworkGraph {
    let saved = (ranks, types, producers, constants, added)
    defer { (ranks, types, producers, constants, added) = saved }
    learn(graph, outer: outer)
    added = [:]
    var result = graph
    result.nodes = []
    for (index, node) in graph.nodes.enumerated() {
      var node = node
      for (key, value) in node.attributes {
        switch value {
        case .graph(let body):
          node.attributes[key] = .graph(try upgraded(body, outer: constants))
        case .graphs(let bodies):
          var changed: [NetworkGraph] = []
          for body in bodies { changed.append(try upgraded(body, outer: constants)) }
          node.attributes[key] = .graphs(changed)
        default: break
        }
      }
      do throws(EngineError) {
        result.nodes += node.domain.isEmpty ? try rewritten(node) : [node]
      } catch {
        throw error.about(graph.describe(index))
      }
    }
    for (name, tensor) in added { result.initializers[name] = tensor }
    if !result.opsets.isEmpty { result.opsets[""] = to }
    return result
  }

  private mutating func learn(_ graph: NetworkGraph, outer: [String: Tensor]) {
    constants = outer
    for (name, tensor) in graph.initializers { constants[name] = tensor }
    for value in graph.inputs + graph.outputs + graph.valueInfos {
      if let shape = value.shape { ranks[value.name] = shape.count }
      if let type = value.type { types[value.name] = type }
    }
    for (name, tensor) in graph.initializers {
      ranks[name] = tensor.rank
      types[name] = tensor.type
    }
    for node in graph.nodes {
      for output in node.outputs where !output.isEmpty { producers[output] = node }
      if let value = node.constantValue, let output = node.outputs.first {
        constants[output] = value
        ranks[output] = value.rank
        types[output] = value.type
      }
    }
  }

  /// The number of axes of a value, where it is known.
  func rank(of name: String) -> Int? {
    if let rank = ranks[name] { return rank }
    guard let node = producers[name], node.domain.isEmpty else { return nil }
    return ["Flatten", "Gemm"].contains(node.op) ? 2 : nil
  }

  /// An error for what the new version has no words for; the caller names the node.
  func unconvertible(_ what: String) -> EngineError {
    EngineError(
      .unsupported, problem: "\(what) has no equivalent in operator set \(to)",
      remedy: "Export the model again with opset \(to), or choose a setting that does not need it")
  }

  /// The name of a new initializer.
  mutating func constant(_ tensor: Tensor, named base: String) -> String {
    let name = names.fresh(base)
    added[name] = tensor
    return name
  }

  /// The name of a new list of integers.
  mutating func constant(_ values: [Int], named base: String) -> String {
    constant(Tensor([values.count], values.map { Int64($0) }), named: base)
  }

  /// The name of a new scalar of the type of value `like`; float32 where that is not known.
  mutating func constant(_ value: Float, like: String, named base: String) -> String {
    let type = types[like] ?? .float32
    let tensor =
      type.withScalarType { Self.scalar($0, Double(value)) } ?? Tensor(scalar: value)
    return constant(tensor, named: base)
  }

  private static func scalar<S: TensorScalar>(_ type: S.Type, _ value: Double) -> Tensor {
    Tensor(scalar: S.converting(value))
  }

  /// A prefix for names of values that belong to `node`.
  func base(_ node: Node) -> String {
    node.outputs.first { !$0.isEmpty } ?? node.op
  }

  private mutating func rewritten(_ node: Node) throws(EngineError) -> [Node] {
    switch node.op {
    case "Squeeze", "Unsqueeze", "ReduceSum":
      return [attributeToInput(node, "axes", slot: 1, since: 13)]
    case "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean",
      "ReduceMin", "ReduceProd", "ReduceSumSquare":
      return [attributeToInput(node, "axes", slot: 1, since: 18)]
    case "Split": return [split(node)]
    case "Clip": return [clip(node)]
    case "Dropout": return [try dropout(node)]
    case "Pad": return [pad(node)]
    case "Slice": return [slice(node)]
    case "TopK": return [attributeToInput(node, "k", slot: 1, since: 10)]
    case "Upsample": return [try upsample(node)]
    case "Resize": return [try resize(node)]
    case "Softmax", "LogSoftmax", "Hardmax": return softmax(node)
    case "BatchNormalization": return [try batchNormalization(node)]
    case "GroupNormalization": return groupNormalization(node)
    case "Scatter":
      var node = node
      if to >= 11 { node.op = "ScatterElements" }
      return [node]
    case "Scan":
      if from == 8 { throw unconvertible("Scan of operator set 8") }
      return [node]
    case "RoiAlign":
      var node = node
      if crosses(16) {
        node.attributes["coordinate_transformation_mode"] = .text("output_half_pixel")
      }
      return [node]
    case "GridSample": return [gridSample(node)]
    case "DFT": return [fourier(node)]
    default: return [node]
    }
  }
}

extension AttributeValue {
  /// A text attribute.
  static func text(_ text: String) -> AttributeValue { .string(Array(text.utf8)) }
}
