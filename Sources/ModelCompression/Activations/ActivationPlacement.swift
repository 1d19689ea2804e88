import NetworkGraph
import Tensors

/// Decides which values of a graph are rounded when layers are to read codes.
///
/// A runtime works in integers from one end of a network to the other only if codes lie on both sides
/// of each node, so that more than the inputs of layers is rounded, as ONNX Runtime's quantization tool
/// does it (`onnxruntime.quantization`, QDQ format):
///
/// 1. The input of each layer with `activations`: `Conv`, `ConvTranspose`, `Gemm`, `MatMul`.
/// 2. What such a `Conv` gives, behind a `Relu` or `Clip` that alone reads it: ONNX Runtime has an
///    integer convolution only when its result is stored in codes. (`Gemm` and `MatMul` of integers may
///    give floats.)
/// 3. What `Add`, `Mul`, `Concat` and average pooling make of rounded values alone.
/// 4. What nodes that only move numbers about (`MaxPool`, `Reshape`, `Slice`, `Pad` with zeros ...) make
///    of a rounded value, with the same codes: this changes nothing and lets integers pass.
///
/// The graph's outputs are never rounded. A rounded value is rounded for all who read it; only dynamic
/// activations belong to their layers alone.
struct ActivationPlacement {
  private let graph: NetworkGraph
  private let consumers: [String: [Int]]
  private let outputs: Set<String>
  private let constants: Set<String>
  private var chosen: [String: ActivationQuantization] = [:]
  private var sources: [String: String] = [:]
  private var dynamicReaders: [String: [Int]] = [:]

  /// The sites for layers with these settings, by name, in evaluation order.
  static func sites(
    in graph: NetworkGraph, settings: [String: ActivationQuantization]
  ) -> [ActivationSite] {
    var placement = ActivationPlacement(graph)
    let layers = graph.compressibleLayers().compactMap { layer in
      settings[layer.name].map { (layer: layer, setting: $0) }
    }
    for (layer, setting) in layers {
      for node in layer.nodes { placement.addInput(of: node, layer, setting) }
    }
    for (layer, setting) in layers where setting.mode == .static && layer.op == "Conv" {
      for node in layer.nodes { placement.addResult(of: node, setting) }
    }
    for index in graph.nodes.indices { placement.passOn(index) }
    return placement.inOrder()
  }

  private init(_ graph: NetworkGraph) {
    self.graph = graph
    consumers = graph.consumers()
    outputs = Set(graph.outputs.map(\.name))
    var constants = Set(graph.initializers.keys)
    for node in graph.nodes
    where node.inputs.allSatisfy({ $0.isEmpty || constants.contains($0) }) {
      constants.formUnion(node.outputs)
    }
    self.constants = constants
  }

  /// The value that flows into a layer, where codes can stand for it.
  private mutating func addInput(
    of index: Int, _ layer: CompressibleLayer, _ setting: ActivationQuantization
  ) {
    let node = graph.nodes[index]
    guard ["Conv", "ConvTranspose", "Gemm", "MatMul"].contains(node.op), node.inputs.count > 1
    else { return }
    // The weight is the constant one; a MatMul may have it on the left.
    let value = node.op == "MatMul" && constants.contains(node.inputs[0]) ? 1 : 0
    let name = node.inputs[value]
    guard !constants.contains(name) else { return }
    switch setting.mode {
    case .dynamic: dynamicReaders[name, default: []].append(index)
    case .static: add(name, setting)
    }
  }

  private mutating func add(_ value: String, _ setting: ActivationQuantization) {
    // The first layer decides; a graph's output may be rounded where a layer reads it.
    if chosen[value] == nil { chosen[value] = setting }
  }

  /// What a node gives, behind the activation function that alone reads it.
  private func result(of index: Int) -> String? {
    guard let output = graph.nodes[index].outputs.first, !outputs.contains(output) else {
      return nil
    }
    guard let readers = consumers[output], readers.count == 1, let next = readers.first,
      ["Relu", "Clip"].contains(graph.nodes[next].op), graph.nodes[next].domain.isEmpty,
      graph.nodes[next].inputs.first == output, let active = graph.nodes[next].outputs.first
    else { return output }
    return outputs.contains(active) ? nil : active
  }

  private mutating func addResult(of index: Int, _ setting: ActivationQuantization) {
    if let value = result(of: index) { add(value, setting) }
  }

  /// Rounds what a node makes of rounded values.
  private mutating func passOn(_ index: Int) {
    let node = graph.nodes[index]
    guard node.domain.isEmpty, let input = node.inputs.first, let setting = chosen[input] else {
      return
    }
    if movesNumbers(node) {
      for output in outputsOfMoving(node) where !outputs.contains(output) {
        add(output, setting)
        if chosen[output] == setting { sources[output] = sources[input] ?? input }
      }
    } else if Self.joining.contains(node.op) {
      let computed = node.inputs.filter { !$0.isEmpty }
      if computed.allSatisfy({ chosen[$0] != nil }) { addResult(of: index, setting) }
    }
  }

  private static let joining: Set<String> = [
    "Add", "Mul", "Concat", "AveragePool", "GlobalAveragePool",
  ]

  private static let moving: Set<String> = [
    "MaxPool", "GlobalMaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze",
    "Identity", "Dropout", "Slice", "Split", "Expand", "Tile", "DepthToSpace", "SpaceToDepth",
  ]

  /// Whether a node gives numbers of its first input, and zeros, only.
  private func movesNumbers(_ node: Node) -> Bool {
    switch node.op {
    case "Pad":
      guard (node.string("mode") ?? "constant") == "constant" else { return true }
      if let value = node.float("value"), value != 0 { return false }
      guard node.inputs.count > 2, !node.inputs[2].isEmpty else { return true }
      return graph.constant(node.inputs[2]).map { $0.doubles.allSatisfy { $0 == 0 } } ?? false
    case "Resize", "Upsample": return (node.string("mode") ?? "nearest") == "nearest"
    default: return Self.moving.contains(node.op)
    }
  }

  /// The outputs that hold the moved numbers: not the indices of a `MaxPool`, nor a mask.
  private func outputsOfMoving(_ node: Node) -> [String] {
    let moved = node.op == "Split" ? node.outputs : Array(node.outputs.prefix(1))
    return moved.filter { !$0.isEmpty }
  }

  /// The sites in the order in which their values come to be.
  private func inOrder() -> [ActivationSite] {
    let values = graph.runtimeInputs.map(\.name) + graph.nodes.flatMap(\.outputs)
    return values.flatMap { value in
      var sites: [ActivationSite] = []
      if let setting = chosen[value] {
        sites.append(
          ActivationSite(value: value, setting: setting, source: sources[value] ?? value))
      }
      if let readers = dynamicReaders[value] {
        sites.append(
          ActivationSite(
            value: value, setting: ActivationQuantization(mode: .dynamic), source: value,
            readers: readers))
      }
      return sites
    }
  }
}
