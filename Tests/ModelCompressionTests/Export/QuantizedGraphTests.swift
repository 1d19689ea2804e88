import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Exported graphs with integers mean exactly what the preview runs.
@Suite struct QuantizedGraphTests {
  static let quantizations: [WeightQuantization] = [
    WeightQuantization(bits: 8),
    WeightQuantization(bits: 8, granularity: .tensor),
    WeightQuantization(bits: 8, scheme: .asymmetric),
    WeightQuantization(bits: 8, granularity: .group(16)),
    WeightQuantization(bits: 6, scheme: .asymmetric, granularity: .tensor),
    WeightQuantization(bits: 4),
    WeightQuantization(bits: 4, scheme: .asymmetric, granularity: .group(32)),
    WeightQuantization(bits: 3, granularity: .group(16)),
    WeightQuantization(bits: 2, scheme: .asymmetric),
    WeightQuantization(bits: 16),
    WeightQuantization(bits: 16, scheme: .asymmetric),
  ]

  static func made(_ graph: NetworkGraph, _ setting: LayerSetting) throws -> [CompressedWeights] {
    let compressor = try PlanCompressor(graph: graph)
    return try compressor.compress(compressor.layers.map { _ in setting })
  }

  @Test(
    .enabled(if: JudgePython.isAvailable, "the judges are not installed"),
    arguments: [
      SharedAssets.path("cifar10/resnet20.onnx") ?? TestModels.samples.first,
      SharedAssets.path("text/minilm_l6_v2_vocab_trimmed.onnx"),
      SharedAssets.path("detection/ultraface/version-RFB-320.onnx"),
      SharedAssets.path("other/ch_ppocr_mobile_v2.0_cls_infer.onnx"),
    ].compactMap { $0 })
  func runtimeAgreesWithFloats(path: String) throws {
    var graph = try ONNXReader.read(path: path).graph
    graph.foldBatchNormalization()
    let isLarge = path.contains("minilm")
    let quantizations = isLarge ? Array(Self.quantizations[5...6]) : Self.quantizations
    let pairs = try quantizations.map { quantization in
      let setting = LayerSetting(prune: PruneSetting(amount: 0.3), weights: quantization)
      let weights = try Self.made(graph, setting)
      let baked = try QuantizedGraph.baked(graph, weights: weights)
      let integers = try QuantizedGraph.rewrite(graph, weights: weights)
      integers.checkInvariants()
      return (baked, integers)
    }
    for (quantization, verdict) in zip(quantizations, try RuntimeJudge.compare(pairs)) {
      #expect(verdict.isWithin(1e-6), "\(quantization): \(verdict)")
    }
  }

  /// Reads the written file again and dequantizes by hand: bit for bit what the preview has.
  @Test(arguments: TestModels.samples)
  func filesHoldExactlyTheCodes(path: String) throws {
    let graph = try ONNXReader.read(path: path).graph
    for quantization in Self.quantizations {
      let weights = try Self.made(graph, LayerSetting(weights: quantization))
      let written = try ONNXReader.read(
        bytes: ONNXWriter.bytes(QuantizedGraph.rewrite(graph, weights: weights)))
      let producers = written.producers()
      for entry in weights {
        let index = try #require(producers[entry.layer.weight])
        let node = written.nodes[index]
        #expect(node.op == "DequantizeLinear")
        let codes = try #require(written.initializers[node.inputs[0]])
        #expect(codes.type == QuantizedGraph.container(for: quantization))
        #expect(codes.integers == entry.codes?.integers)
        let scales = try #require(written.initializers[node.inputs[1]])
        #expect(scales.floats == entry.scales?.floats)
        if quantization.scheme == .asymmetric {
          let zeroPoints = try #require(written.initializers[node.inputs[2]])
          #expect(zeroPoints.integers == entry.zeroPoints?.integers)
          #expect(zeroPoints.type == codes.type)
        }
      }
    }
  }

  @Test func bytePlansKeepTheOperatorSet() throws {
    let graph = try ONNXReader.read(path: try #require(TestModels.samples.first)).graph
    for (bits, least) in [(8, 13), (5, 13), (4, 21), (2, 21), (16, 21)] {
      let weights = try Self.made(graph, LayerSetting(weights: WeightQuantization(bits: bits)))
      #expect(QuantizedGraph.requiredOpset(for: weights) == least)
      let written = try QuantizedGraph.rewrite(graph, weights: weights)
      #expect(written.opset == max(graph.opset, least))
      if least == 21 { #expect(written.irVersion >= 10) }
    }
  }

  /// A model of one layer; `wrap` says how the weight reaches it.
  static func oneLayer(
    op: String, weight: Tensor, input: [Int], attributes: [(String, Int)] = [],
    wrap: String = "initializer"
  ) -> NetworkGraph {
    let output = 0..<input.count
    var graph = NetworkGraph(
      opsets: ["": 13], irVersion: 7,
      inputs: [ValueInfo(name: "x", type: .float32, shape: input.map { .fixed($0) })],
      outputs: [ValueInfo(name: "y", type: .float32, shape: output.map { .symbol("y\($0)") })])
    graph.name = "one"
    var node = Node(name: "n", op: op, inputs: ["x", "w"], outputs: ["y"])
    for (key, value) in attributes { node.attributes[key] = .int(value) }
    switch wrap {
    case "constant":
      graph.nodes = [
        Node(op: "Constant", inputs: [], outputs: ["w"], attributes: ["value": .tensor(weight)])
      ]
    case "transpose":
      graph.initializers["w0"] = weight
      graph.nodes = [
        Node(
          op: "Transpose", inputs: ["w0"], outputs: ["w"], attributes: ["perm": .ints([1, 0])])
      ]
    case "input":
      graph.initializers["w"] = weight
      graph.inputs.append(
        ValueInfo(name: "w", type: .float32, shape: weight.shape.map { .fixed($0) }))
    default: graph.initializers["w"] = weight
    }
    graph.nodes.append(node)
    return graph
  }

  static func random(_ shape: [Int], seed: UInt64) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return Tensor(
      shape, (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) })
  }

  @Test(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
  func everyWayToHoldAWeight() throws {
    let graphs = [
      Self.oneLayer(
        op: "MatMul", weight: Self.random([40, 6], seed: 1), input: [3, 40], wrap: "constant"),
      Self.oneLayer(
        op: "Gemm", weight: Self.random([6, 40], seed: 2), input: [3, 40], wrap: "transpose"),
      Self.oneLayer(
        op: "Gemm", weight: Self.random([6, 40], seed: 3), input: [3, 40],
        attributes: [("transB", 1)], wrap: "input"),
      Self.oneLayer(op: "MatMul", weight: Self.random([2, 40, 6], seed: 4), input: [2, 3, 40]),
      Self.oneLayer(
        op: "ConvTranspose", weight: Self.random([8, 3, 2, 2], seed: 5), input: [1, 8, 4, 4],
        attributes: [("group", 4)]),
      Self.oneLayer(
        op: "ConvTranspose", weight: Self.random([8, 3, 2, 2], seed: 6), input: [1, 8, 4, 4]),
      Self.oneLayer(
        op: "Conv", weight: Self.random([8, 1, 3, 3], seed: 7), input: [1, 8, 5, 5],
        attributes: [("group", 8)]),
    ]
    var pairs: [(NetworkGraph, NetworkGraph)] = []
    var labels: [String] = []
    for graph in graphs {
      for quantization in Self.quantizations {
        let weights = try Self.made(graph, LayerSetting(weights: quantization))
        try #require(weights.count == 1)
        let integers = try QuantizedGraph.rewrite(graph, weights: weights)
        #expect(integers.inputs.map(\.name) == ["x"])
        #expect(integers.initializers["w"] == nil)
        pairs.append((try QuantizedGraph.baked(graph, weights: weights), integers))
        labels.append("\(graph.nodes.map(\.op)) \(quantization)")
      }
    }
    for (label, verdict) in zip(labels, try RuntimeJudge.compare(pairs)) {
      #expect(verdict.isWithin(1e-6), "\(label): \(verdict)")
    }
  }

  @Test func strangersAreRefused() throws {
    let graph = Self.oneLayer(op: "MatMul", weight: Self.random([4, 6], seed: 1), input: [3, 4])
    let other = Self.oneLayer(op: "MatMul", weight: Self.random([5, 6], seed: 1), input: [3, 5])
    let weights = try Self.made(graph, LayerSetting(weights: WeightQuantization(bits: 8)))
    #expect(throws: EngineError.self) { try QuantizedGraph.rewrite(other, weights: weights) }
    #expect(throws: EngineError.self) { try QuantizedGraph.baked(other, weights: weights) }
  }
}
