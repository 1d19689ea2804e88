import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Folding of batch normalization on real models.
@Suite struct FoldingTests {
  @Test(arguments: [
    "cifar10/resnet20", "tiny/digits_cnn", "tiny/fashion_resnet8",
    "detection/bccd/bccd_centernet", "detection/fashion_scenes/fashion_det",
  ])
  func agreesWithTheFoldedFile(name: String) throws {
    guard let path = SharedAssets.path("\(name).onnx"),
      let foldedPath = SharedAssets.path("\(name)_bnfolded.onnx")
    else { return }
    var graph = try ONNXReader.read(path: path).graph
    let expected = try ONNXReader.read(path: foldedPath).graph
    let norms = graph.nodes.count { $0.op == "BatchNormalization" }
    #expect(graph.foldBatchNormalization() == norms)
    graph.checkInvariants()
    #expect(graph.nodes.map(\.op) == expected.nodes.map(\.op))
    #expect(graph.nodes.map(\.outputs) == expected.nodes.map(\.outputs))
    #expect(Set(graph.initializers.keys) == Set(expected.initializers.keys))
    var worst: Float = 0
    for (key, tensor) in expected.initializers where tensor.type == .float32 {
      let made = try #require(graph.initializers[key])
      #expect(made.shape == tensor.shape)
      for (a, b) in zip(made.floats, tensor.floats) {
        worst = max(worst, abs(a - b) / max(abs(b).ulp, 1e-12))
      }
    }
    #expect(worst <= 2, "units in the last place")
  }

  @Test(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
  func outputsStay() throws {
    let pairs = try TestModels.all.compactMap { path -> (NetworkGraph, NetworkGraph)? in
      let graph = try ONNXReader.read(path: path).graph
      var folded = graph
      guard folded.foldBatchNormalization() > 0 else { return nil }
      folded.checkInvariants()
      return (graph, folded)
    }
    for verdict in try RuntimeJudge.compare(pairs) {
      #expect(verdict.isWithin(1e-5), "\(verdict)")
    }
  }
}
