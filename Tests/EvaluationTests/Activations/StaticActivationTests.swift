import Datasets
import Evaluation
import Execution
import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Static int8 files of real models: what runtimes make of them, and what the preview said.
@Suite(
  .enabled(
    if: SharedAssets.folder != nil && JudgePython.isAvailable, "no shared assets or no judges"))
struct StaticActivationTests {
  @Test(arguments: ActivationCase.all, ["minmax", "percentile", "entropy"] as [NamedChoice])
  func runtimesAgree(_ test: ActivationCase, range: NamedChoice) async throws {
    let derived = try await test.derived(ActivationQuantization(range: range), samples: 512)
    let compressor = try PlanCompressor(graph: derived)
    let weights = try compressor.compress(
      compressor.layers.map { _ in LayerSetting(weights: WeightQuantization(bits: 8)) })
    let written = ActivationQuantizer.completed(
      try QuantizedGraph.rewrite(derived, weights: weights))
    written.checkInvariants()
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path(test.data)), limit: 1000)
    let inputs = try data.inputs(
      for: Array(0..<data.count), graphInputs: derived.runtimeInputs)
    let scores = try ActivationCase.scores(derived, weights, inputs: inputs)
    let floats = try ActivationCase.scores(try test.graph(), [], inputs: inputs)
    let folder = try TemporaryFolder()
    _ = try ONNXWriter.write(written, to: folder.path("int8.onnx"))
    let labels = try #require(data.labels)
    try NPZFile.write(
      [
        "inputs": try #require(inputs.values.first), "preview": scores, "float": floats,
        "labels": Tensor([labels.count], labels.map { Int64($0) }),
      ], to: folder.path("data.npz"))
    let report = try JudgePython.run(ActivationJudge.script, arguments: [folder.url.path])
    print("\(test.model) \(range.name)\n\(report)")
    let judged = try JSONDecoder().decode(ActivationJudge.self, from: Data(report.utf8))
    judged.check()
  }
}
