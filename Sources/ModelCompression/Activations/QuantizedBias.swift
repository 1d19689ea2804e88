import NetworkGraph
import Tensors

/// Biases of layers that work on codes: 32-bit integers whose scale is the activations' times the
/// weights', so that a runtime adds them to its integer sums.
///
/// A layer has such a bias when its input comes from a static 8-bit `DequantizeLinear`, its weight is
/// stored in 8 bits with one scale for all or for each output channel, and no number is too large for
/// 32 bits. `b^ = rint_even(b / s) * s` with `s = s_x * s_w` in float32, zero point 0
/// (onnxruntime.quantization, `quantize_bias_static`).
public enum QuantizedBias {
  /// What the name of a decoded bias ends in, behind the bias's own name.
  public static let decodedSuffix = "_DequantizeLinear_Output"

  /// A graph that is to be written, with its weights behind `DequantizeLinear` already: biases of layers
  /// that work on codes become integers behind `DequantizeLinear` too.
  ///
  /// - Parameter isForSize: Whether weights are stand-ins whose scales are not to be looked at: every such
  ///   bias is taken to fit 32 bits.
  static func rewrite(_ graph: NetworkGraph, isForSize: Bool) -> NetworkGraph {
    var result = graph
    var names = UniqueNames(graph)
    let producers = graph.producers()
    var nodes: [Node] = []
    var replaced: Set<String> = []
    for node in graph.nodes {
      var node = node
      if let place = BiasPlace(node, in: graph, producers: producers),
        let scales = weightScales(place, in: graph, producers: producers),
        let coded = isForSize
          ? CodedBias(standingFor: place, scales: scales.count)
          : CodedBias(place, weightScales: scales)
      {
        let base = place.name
        let codes = names.fresh(base + "_quantized")
        let scale = names.fresh(base + "_scale")
        let output = names.fresh(base + decodedSuffix)
        result.initializers[codes] = coded.codes
        result.initializers[scale] = coded.scales
        var decoding = Node(
          name: base + "_DequantizeLinear", op: "DequantizeLinear", inputs: [codes, scale],
          outputs: [output])
        if coded.scales.rank == 1 { decoding.attributes["axis"] = .int(coded.codes.rank - 1) }
        nodes.append(decoding)
        node.inputs[2] = output
        replaced.insert(base)
      }
      nodes.append(node)
    }
    result.nodes = nodes
    result.removeConstants(unusedAmong: replaced)
    return result
  }

  /// What the biases of a float graph with rounded activations are under these weights: the numbers that
  /// ``ActivationQuantizer/completed(_:isForSize:)`` stores, for a run that replaces constants as it replaces weights.
  ///
  /// - Parameters:
  ///   - graph: What ``ActivationQuantizer/apply(to:settings:ranges:)`` made.
  ///   - weights: The layers' weights.
  /// - Returns: The numbers by the name of the bias; biases that stay floats are left out.
  public static func values(
    in graph: NetworkGraph, weights: [CompressedWeights]
  ) -> [String: Tensor] {
    var quantized: [String: QuantizedWeights] = [:]
    for entry in weights {
      guard let codes = entry.quantized, codes.form.kind == .integers,
        let setting = entry.setting.weights,
        [.int8, .uint8].contains(QuantizedGraph.container(for: setting))
      else { continue }
      quantized[entry.layer.weight] = codes
    }
    let producers = graph.producers()
    var result: [String: Tensor] = [:]
    for node in graph.nodes {
      guard node.inputs.count > 2, let weight = quantized[node.inputs[1]],
        let place = BiasPlace(node, in: graph, producers: producers)
      else { continue }
      switch weight.layout.form {
      case .tensor: break
      case .axis(let axis) where axis == place.outputAxis: break
      default: continue
      }
      result[place.name] = CodedBias(place, weightScales: weight.scales.floats)?.dequantized
    }
    return result
  }

  /// Gives each layer that reads codes a bias of its own.
  static func separate(in graph: inout NetworkGraph) {
    var names = UniqueNames(graph)
    let producers = graph.producers()
    var owned: Set<String> = []
    var readers = graph.consumers()
    for (index, node) in graph.nodes.enumerated() {
      guard let place = BiasPlace(node, in: graph, producers: producers) else { continue }
      if readers[place.name, default: []].count > 1 || owned.contains(place.name) {
        let name = names.fresh(place.name)
        graph.initializers[name] = place.values
        graph.nodes[index].inputs[2] = name
        readers[place.name]?.removeAll { $0 == index }
      }
      owned.insert(place.name)
    }
  }

  /// The scales of a weight behind a `DequantizeLinear` of 8-bit codes: one, or one for each output
  /// channel.
  private static func weightScales(
    _ place: BiasPlace, in graph: NetworkGraph, producers: [String: Int]
  ) -> [Float]? {
    guard let index = producers[place.weight] else { return nil }
    let node = graph.nodes[index]
    guard node.op == "DequantizeLinear", node.inputs.count > 1, (node.int("block_size") ?? 0) == 0,
      let codes = graph.constant(node.inputs[0], producers: producers),
      [.int8, .uint8].contains(codes.type),
      let scales = graph.constant(node.inputs[1], producers: producers), scales.type == .float32
    else { return nil }
    if scales.rank == 0 { return scales.floats }
    return (node.int("axis") ?? 1) == place.outputAxis ? scales.floats : nil
  }
}

/// The constant bias of a `Conv` or `Gemm` that reads static 8-bit codes.
struct BiasPlace {
  /// The bias's name.
  let name: String
  /// Its numbers, one for each output channel: [O] or [1, O].
  let values: Tensor
  /// The name of the weight.
  let weight: String
  /// The weight's axis of output channels.
  let outputAxis: Int
  /// The scale of the codes that the layer reads.
  let inputScale: Float

  /// Nil where there is no such bias.
  init?(_ node: Node, in graph: NetworkGraph, producers: [String: Int]) {
    guard node.domain.isEmpty, node.inputs.count > 2, !node.inputs[2].isEmpty else { return nil }
    switch node.op {
    case "Conv": outputAxis = 0
    case "Gemm":
      guard node.float("alpha") ?? 1 == 1, node.float("beta") ?? 1 == 1 else { return nil }
      outputAxis = (node.int("transB") ?? 0) != 0 ? 0 : 1
    default: return nil
    }
    guard let values = graph.constant(node.inputs[2], producers: producers),
      values.type == .float32, values.count > 0, values.shape.dropLast().allSatisfy({ $0 == 1 }),
      (1...2).contains(values.rank), let decoding = producers[node.inputs[0]],
      graph.nodes[decoding].op == "DequantizeLinear", graph.nodes[decoding].inputs.count > 1,
      let encoding = producers[graph.nodes[decoding].inputs[0]],
      graph.nodes[encoding].op == "QuantizeLinear", graph.nodes[encoding].inputs.count > 2,
      let scale = graph.constant(graph.nodes[decoding].inputs[1], producers: producers),
      scale.type == .float32, scale.count == 1,
      let zeroPoint = graph.constant(graph.nodes[encoding].inputs[2], producers: producers),
      [.int8, .uint8].contains(zeroPoint.type)
    else { return nil }
    name = node.inputs[2]
    weight = node.inputs[1]
    self.values = values
    inputScale = scale.floats[0]
  }
}

/// A bias in 32-bit integers.
struct CodedBias {
  /// The codes, int32, in the bias's shape.
  let codes: Tensor
  /// A scalar, or one for each output channel.
  let scales: Tensor
  /// What the codes stand for.
  let dequantized: Tensor

  /// Zeros: what a bias takes in a file.
  init?(standingFor place: BiasPlace, scales count: Int) {
    guard count == 1 || count == place.values.count else { return nil }
    codes = Tensor.filled(place.values.shape, with: Int32(0))
    scales =
      count == 1 && place.values.count > 1
      ? Tensor(scalar: Float(0)) : Tensor.filled([count], with: Float(0))
    dequantized = Tensor.filled(place.values.shape, with: Float(0))
  }

  /// Nil when scales do not fit or a code would not fit 32 bits.
  init?(_ place: BiasPlace, weightScales: [Float]) {
    let values = place.values.floats
    guard weightScales.count == 1 || weightScales.count == values.count else { return nil }
    let factors = weightScales.map { $0 * place.inputScale }
    var codes: [Int32] = []
    var floats: [Float] = []
    for (index, value) in values.enumerated() {
      let factor = factors[factors.count == 1 ? 0 : index]
      let code = (value / factor).rounded(.toNearestOrEven)
      guard code.magnitude <= 2_147_483_520 else { return nil }
      codes.append(Int32(code))
      floats.append(Float(Int32(code)) * factor)
    }
    self.codes = Tensor(place.values.shape, codes)
    scales =
      weightScales.count == 1 && values.count > 1
      ? Tensor(scalar: factors[0]) : Tensor([factors.count], factors)
    dequantized = Tensor(place.values.shape, floats)
  }
}
