import Datasets
import Evaluation
import Foundation
import ModelCompression
import Tensors
import TestSupport
import Testing

/// Which samples are calibrated on, and that plans which need none run none.
@Suite struct CalibrationSamplesTests {
  static let data = SharedAssets.root.appending(
    path: "sample-models/fashion-mnist/fashion-mnist-test2000.yaml"
  ).path
  static let model = SharedAssets.root.appending(
    path: "sample-models/fashion-resnet/fashion-resnet.onnx"
  ).path

  @Test func argumentsNameFileAndCount() throws {
    #expect(try CalibrationSamples(argument: Self.data).count == 512)
    #expect(try CalibrationSamples(argument: Self.data + ":17").count == 17)
    for wrong in [Self.data + ":0", Self.data + ":-3", "no-such-file.npz:4"] {
      #expect(throws: EngineError.self) { try CalibrationSamples(argument: wrong) }
    }
  }

  @Test func thePlansSamplesComeBeforeThoseMeasuredOn() throws {
    let measured = try EvaluationData.open(path: Self.data, limit: 40)
    let folder = try TemporaryFolder()
    let plan = folder.path("plan.yaml")
    var stated = CompressionPlan(
      calibration: CompressionPlan.Calibration(data: Self.data, count: 24))
    let chosen = try #require(
      try CalibrationSamples.choose(
        argument: nil, plan: stated, planPath: plan, evaluating: measured))
    #expect(chosen.count == 24)
    #expect(chosen.notice == nil)
    let given = try #require(
      try CalibrationSamples.choose(
        argument: Self.data + ":9", plan: stated, planPath: plan, evaluating: measured))
    #expect(given.count == 9)
    let standard = try #require(
      try CalibrationSamples.choose(
        argument: nil, plan: CompressionPlan(), planPath: plan, evaluating: measured))
    #expect(standard.count == 40)
    #expect(standard.notice?.contains("first 40 samples") == true)
    #expect(
      try CalibrationSamples.choose(argument: nil, plan: nil, planPath: nil, evaluating: nil)
        == nil)
    stated.calibration?.data = "nowhere.npz"
    let error = #expect(throws: EngineError.self) {
      try CalibrationSamples.choose(
        argument: nil, plan: stated, planPath: plan, evaluating: measured)
    }
    #expect(error?.message.contains("nowhere.npz") == true)
  }

  @Test func aPlanThatLooksAtActivationsTellsItsSamples() async throws {
    let model = try OpenedModel(path: Self.model)
    let data = try EvaluationData.open(path: Self.data, limit: 40)
    let engine = try PreviewEngine(model: model, data: data, threads: 2)
    var plan = CompressionPlan()
    plan.defaults.prune = .set(PruneSetting(amount: 0.5))
    #expect(try await engine.compress(plan).notices.isEmpty)
    plan.defaults.prune = .set(PruneSetting(amount: 0.5, criterion: "wanda"))
    let compressed = try await engine.compress(plan)
    #expect(compressed.notices.contains { $0.contains("first 40 samples") })
    // The size that is shown before is that of the weights.
    let sizes = try engine.sizes.sizes(of: plan)
    #expect(sizes.summary.stored == (try engine.size(of: compressed)).stored)
    let without = try PreviewEngine(model: model, data: nil, threads: 1)
    await #expect(throws: EngineError.self) { try await without.compress(plan) }
  }
}
