import NetworkGraph
import Tensors

/// The insertion of rounding nodes into one graph.
struct ActivationRewrite {
  private var graph: NetworkGraph
  private var names: UniqueNames
  /// Names of scale and zero point of each source.
  private var codings: [String: (scale: String, zeroPoint: String)] = [:]
  /// What readers of a value read instead.
  private var rounded: [String: String] = [:]
  /// What single nodes read instead, by position.
  private var roundedFor: [Int: [String: String]] = [:]
  private var nodes: [Node] = []

  init(_ graph: NetworkGraph) {
    self.graph = graph
    names = UniqueNames(graph)
  }

  /// The graph with the nodes of all sites, each behind the node that gives its value.
  mutating func inserting(
    _ sites: [ActivationSite], ranges: [String: ValueRange]
  ) throws(EngineError) -> NetworkGraph {
    let sitesOfValue = Dictionary(grouping: sites, by: \.value)
    for input in graph.runtimeInputs { try insert(sitesOfValue[input.name], ranges) }
    for (index, node) in graph.nodes.enumerated() {
      var node = node
      for slot in node.inputs.indices {
        let name = node.inputs[slot]
        if let other = roundedFor[index]?[name] ?? rounded[name] { node.inputs[slot] = other }
      }
      nodes.append(node)
      for output in node.outputs { try insert(sitesOfValue[output], ranges) }
    }
    graph.nodes = nodes
    return graph
  }

  private mutating func insert(
    _ sites: [ActivationSite]?, _ ranges: [String: ValueRange]
  ) throws(EngineError) {
    for site in sites ?? [] {
      switch site.setting.mode {
      case .static: rounded[site.value] = try insertStatic(site, ranges)
      case .dynamic:
        let name = insertDynamic(site)
        for reader in site.readers ?? [] { roundedFor[reader, default: [:]][site.value] = name }
      }
    }
  }

  private mutating func insertStatic(
    _ site: ActivationSite, _ ranges: [String: ValueRange]
  ) throws(EngineError) -> String {
    let coding = try coding(of: site, ranges)
    let codes = names.fresh(site.value + "_QuantizeLinear_Output")
    let result = names.fresh(site.value + "_DequantizeLinear_Output")
    nodes.append(
      Node(
        name: site.value + "_QuantizeLinear", op: "QuantizeLinear",
        inputs: [site.value, coding.scale, coding.zeroPoint], outputs: [codes]))
    nodes.append(
      Node(
        name: site.value + "_DequantizeLinear", op: "DequantizeLinear",
        inputs: [codes, coding.scale, coding.zeroPoint], outputs: [result]))
    return result
  }

  private mutating func insertDynamic(_ site: ActivationSite) -> String {
    let codes = names.fresh(site.value + "_quantized")
    let scale = names.fresh(site.value + "_scale")
    let zeroPoint = names.fresh(site.value + "_zero_point")
    let result = names.fresh(site.value + "_DequantizeLinear_Output")
    nodes.append(
      Node(
        name: site.value + "_DynamicQuantizeLinear", op: "DynamicQuantizeLinear",
        inputs: [site.value], outputs: [codes, scale, zeroPoint]))
    nodes.append(
      Node(
        name: site.value + "_DequantizeLinear", op: "DequantizeLinear",
        inputs: [codes, scale, zeroPoint], outputs: [result]))
    return result
  }

  /// The initializers of scale and zero point; sites of one source share them.
  private mutating func coding(
    of site: ActivationSite, _ ranges: [String: ValueRange]
  ) throws(EngineError) -> (scale: String, zeroPoint: String) {
    if let known = codings[site.source] { return known }
    guard let range = ranges[site.source] else {
      throw EngineError(
        .invalidArgument, subject: "value '\(site.source)'",
        problem: "has no range to quantize it by", remedy: "Calibrate it")
    }
    let (scale, zeroPoint) = site.setting.grid.parameters(for: range)
    let name = (
      scale: names.fresh(site.source + "_scale"),
      zeroPoint: names.fresh(site.source + "_zero_point")
    )
    graph.initializers[name.scale] = Tensor(scalar: scale)
    graph.initializers[name.zeroPoint] = Self.zeroPoint(zeroPoint, site.setting.container)
    codings[site.source] = name
    return name
  }

  private static func zeroPoint(_ value: Float, _ type: ElementType) -> Tensor {
    let tensor: Tensor? = type.withScalarType { scalar in
      func make<S: TensorScalar>(_ type: S.Type) -> Tensor {
        Tensor(scalar: S.converting(Double(value)))
      }
      return make(scalar)
    }
    return (tensor ?? Tensor(scalar: UInt8(value))).reinterpreted(as: type)
  }
}
