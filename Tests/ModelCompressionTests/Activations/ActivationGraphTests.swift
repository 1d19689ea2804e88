import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Where graphs are rounded, and what stays as it was.
@Suite struct ActivationGraphTests {
  static func settings(
    _ graph: NetworkGraph, _ setting: ActivationQuantization = ActivationQuantization()
  ) -> [String: ActivationQuantization] {
    Dictionary(uniqueKeysWithValues: graph.compressibleLayers().map { ($0.name, setting) })
  }

  /// The same range for every value.
  static func rounded(
    _ graph: NetworkGraph, _ settings: [String: ActivationQuantization]
  ) throws -> NetworkGraph {
    var ranges: [String: ValueRange] = [:]
    for site in ActivationQuantizer.sites(in: graph, settings: settings) {
      ranges[site.source] = ValueRange(low: -1.3, high: 2.9)
    }
    return try ActivationQuantizer.apply(to: graph, settings: settings, ranges: ranges)
  }

  @Test(arguments: TestModels.samples)
  func layersReadCodesAndOutputsStay(path: String) throws {
    var graph = try ONNXReader.read(path: path).graph
    graph.foldBatchNormalization()
    let result = try Self.rounded(graph, Self.settings(graph))
    result.checkInvariants()
    #expect(result.outputs.map(\.name) == graph.outputs.map(\.name))
    #expect(result.inputs.map(\.name) == graph.inputs.map(\.name))
    let layers = result.compressibleLayers()
    #expect(layers.map(\.name) == graph.compressibleLayers().map(\.name))
    #expect(layers.map(\.weight) == graph.compressibleLayers().map(\.weight))
    let producers = result.producers()
    for layer in layers {
      for index in layer.nodes {
        let producer = try #require(producers[result.nodes[index].inputs[0]])
        #expect(result.nodes[producer].op == "DequantizeLinear", "\(layer.name)")
      }
    }
    for output in result.outputs {
      let producer = try #require(producers[output.name])
      #expect(result.nodes[producer].op != "DequantizeLinear")
    }
    // Without settings nothing changes.
    #expect(try Self.rounded(graph, [:]).nodes.count == graph.nodes.count)
  }

  /// Conv, Relu, MaxPool, Flatten, Gemm: the pooled and the flat value share the codes of the Relu's.
  @Test func codesPassWhereNumbersOnlyMove() throws {
    func zeros(_ shape: [Int]) -> Tensor { Tensor.filled(shape, with: Float(0.5)) }
    let graph = NetworkGraph(
      opsets: ["": 13], irVersion: 7,
      nodes: [
        Node(name: "c", op: "Conv", inputs: ["x", "w", "b"], outputs: ["a"]),
        Node(op: "Relu", inputs: ["a"], outputs: ["r"]),
        Node(
          op: "MaxPool", inputs: ["r"], outputs: ["p"],
          attributes: ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]),
        Node(op: "Flatten", inputs: ["p"], outputs: ["f"]),
        Node(name: "g", op: "Gemm", inputs: ["f", "v", "b"], outputs: ["y"]),
      ],
      inputs: [
        ValueInfo(name: "x", type: .float32, shape: [.fixed(1), .fixed(2), .fixed(4), .fixed(4)])
      ],
      outputs: [ValueInfo(name: "y", type: .float32, shape: [.fixed(1), .fixed(4)])],
      initializers: ["w": zeros([4, 2, 1, 1]), "b": zeros([4]), "v": zeros([16, 4])])
    let settings = Self.settings(graph)
    let sites = ActivationQuantizer.sites(in: graph, settings: settings)
    #expect(sites.map(\.value) == ["x", "r", "p", "f"])
    #expect(sites.map(\.source) == ["x", "r", "r", "r"])
    let result = try Self.rounded(graph, settings)
    // One bias for two layers with different scales becomes two.
    let layers = result.nodes.filter { ["Conv", "Gemm"].contains($0.op) }
    #expect(Set(layers.map { $0.inputs[2] }).count == 2)
    let weights = try PlanCompressor(graph: result).compress([
      LayerSetting(weights: WeightQuantization(bits: 8)),
      LayerSetting(weights: WeightQuantization(bits: 8)),
    ])
    let written = ActivationQuantizer.completed(
      try QuantizedGraph.rewrite(result, weights: weights))
    written.checkInvariants()
    let producers = written.producers()
    let floats = QuantizedBias.values(in: result, weights: weights)
    #expect(floats.count == 2)
    for node in written.nodes where ["Conv", "Gemm"].contains(node.op) {
      let decoding = written.nodes[try #require(producers[node.inputs[2]])]
      #expect(decoding.op == "DequantizeLinear")
      let codes = try #require(written.initializers[decoding.inputs[0]])
      let scales = try #require(written.initializers[decoding.inputs[1]]).floats
      #expect(codes.type == .int32)
      let original = try #require(layers.first { $0.op == node.op }).inputs[2]
      let previewed = try #require(floats[original]).floats
      for (index, code) in codes.integers.enumerated() {
        #expect(Float(code) * scales[scales.count == 1 ? 0 : index] == previewed[index])
      }
    }
  }

  @Test func dynamicCodesBelongToTheirLayers() throws {
    let path = try #require(TestModels.samples.first)
    let graph = try ONNXReader.read(path: path).graph
    let layer = try #require(graph.compressibleLayers().first)
    let result = try ActivationQuantizer.apply(
      to: graph, settings: [layer.name: ActivationQuantization(mode: .dynamic)], ranges: [:])
    #expect(result.nodes.count { $0.op == "DynamicQuantizeLinear" } == 1)
    let readers = result.nodes.indices.filter { index in
      result.nodes[index].inputs.contains { $0.hasSuffix("_DequantizeLinear_Output") }
    }
    #expect(readers.count == layer.nodes.count)
  }

  @Test func rangesThatAreMissingAreNamed() throws {
    let graph = try ONNXReader.read(path: try #require(TestModels.samples.first)).graph
    #expect(throws: EngineError.self) {
      try ActivationQuantizer.apply(to: graph, settings: Self.settings(graph), ranges: [:])
    }
  }

  /// 0 has an exact code whatever the range, so pruned zeros and those of Relu stay.
  @Test func zerosStay() throws {
    var generator = SeededGenerator(seed: 21)
    for setting in ActivationPlanTests.settings {
      for _ in 0..<200 {
        let ends = [
          Float.random(in: -9...9, using: &generator), Float.random(in: -9...9, using: &generator),
        ].sorted()
        let range = ValueRange(low: ends[0], high: ends[1])
        let (scale, zeroPoint) = setting.grid.parameters(for: range)
        #expect(scale > 0 && zeroPoint == zeroPoint.rounded())
        let codes = try #require(setting.container.integerRange)
        #expect(codes.contains(Int(zeroPoint)))
        #expect(setting.grid.decoder(scale: scale, zeroPoint: zeroPoint)(0) == 0)
      }
    }
  }
}
