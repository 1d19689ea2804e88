import Foundation
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Real models of `../shared/assets`: they open, mapped and quickly.
@Suite struct AssetModelTests {
  static let models: [String] = {
    guard let folder = SharedAssets.folder,
      let names = FileManager.default.enumerator(atPath: folder.path)
    else { return [] }
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".onnx") }.sorted()
  }()

  @Test(arguments: models)
  func opens(name: String) throws {
    let path = try #require(SharedAssets.path(name))
    let model = try ONNXReader.read(path: path)
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    #expect(model.fileBytes == size)
    #expect(!model.graph.nodes.isEmpty)
    #expect(!model.graph.runtimeInputs.isEmpty)
    #expect(model.graph.opset >= 7)
    for (name, tensor) in model.graph.initializers where tensor.byteCount > 4096 {
      #expect(tensor.storage.isMapped, "\(name) was copied")
    }
  }

  @Test func initializersThatAreInputsStay() throws {
    guard let path = SharedAssets.path("detection/ultraface/version-RFB-320.onnx") else { return }
    let graph = try ONNXReader.read(path: path).graph
    #expect(graph.irVersion == 4)
    #expect(graph.runtimeInputs.map(\.name) == ["input"])
    #expect(graph.inputs.count == graph.initializers.count + 1)
  }

  @Test func constantNodesHoldTheWeights() throws {
    guard let path = SharedAssets.path("other/ch_ppocr_mobile_v2.0_cls_infer.onnx") else { return }
    let graph = try ONNXReader.read(path: path).graph
    let constants = graph.nodes.filter { $0.op == "Constant" }
    #expect(constants.count == 308)
    #expect(constants.allSatisfy { $0.constantValue != nil })
  }

  @Test func fiftyMegabytesOpenWithoutReading() throws {
    guard let path = SharedAssets.path("text/minilm_l6_v2_vocab_trimmed.onnx") else { return }
    _ = try ONNXReader.read(path: path)
    let clock = ContinuousClock()
    let best = try (0..<5).map { _ in try clock.measure { _ = try ONNXReader.read(path: path) } }
      .min()
    print("MiniLM (50 MB) opens in \(best.map { "\($0)" } ?? "-")")
    // Unoptimized builds on a busy machine are slower; reading all bytes would take longer still.
    #expect(try #require(best) < .milliseconds(100))
  }
}
