import ModelCompression
import NetworkGraph
import TestSupport
import Testing

/// Every scheme in an ONNX file: ONNX Runtime computes with exactly the numbers of the preview.
@Suite(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
struct SchemeExportTests {
  static let quantizations: [WeightQuantization] = {
    var all: [WeightQuantization] = []
    for scheme in WeightQuantization.Scheme.allCases {
      let widths = SchemeRegistry.standard[scheme.rawValue]?.allowedBits ?? []
      for bits in widths where [1, 3, 5, 8, 16].contains(bits) {
        for granularity in [.tensor, .channel, .group(16)] as [WeightQuantization.Granularity] {
          let setting = WeightQuantization(bits: bits, scheme: scheme, granularity: granularity)
          if (try? setting.check()) != nil, setting.consistent == setting { all.append(setting) }
        }
      }
    }
    return all
  }()

  static let graphs = [
    QuantizedGraphTests.oneLayer(
      op: "MatMul", weight: QuantizedGraphTests.random([40, 6], seed: 11), input: [3, 40]),
    QuantizedGraphTests.oneLayer(
      op: "Gemm", weight: QuantizedGraphTests.random([6, 40], seed: 12), input: [3, 40],
      attributes: [("transB", 1)]),
    QuantizedGraphTests.oneLayer(
      op: "ConvTranspose", weight: QuantizedGraphTests.random([8, 3, 2, 2], seed: 13),
      input: [1, 8, 4, 4], attributes: [("group", 4)]),
    QuantizedGraphTests.oneLayer(
      op: "Conv", weight: QuantizedGraphTests.random([8, 1, 3, 3], seed: 14), input: [1, 8, 5, 5],
      attributes: [("group", 8)]),
  ]

  @Test func runtimeHasTheSameNumbers() throws {
    var pairs: [(NetworkGraph, NetworkGraph)] = []
    var labels: [String] = []
    for graph in Self.graphs {
      for quantization in Self.quantizations {
        let weights = try QuantizedGraphTests.made(
          graph, LayerSetting(prune: PruneSetting(amount: 0.3), weights: quantization))
        let written = try QuantizedGraph.rewrite(graph, weights: weights)
        written.checkInvariants()
        #expect(written.opset >= QuantizedGraph.requiredOpset(for: weights))
        pairs.append((try QuantizedGraph.baked(graph, weights: weights), written))
        labels.append("\(graph.nodes.map(\.op)) \(quantization)")
      }
    }
    for (label, verdict) in zip(labels, try RuntimeJudge.compare(pairs)) {
      #expect(verdict.isWithin(0), "\(label): \(verdict)")
    }
  }
}
