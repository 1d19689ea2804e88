import Datasets
import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// Plans with steps: a run resumed from kept activations equals a full run, sizes are those of the
/// files, and files are proven and predict in ONNX Runtime what was previewed.
@Suite(.enabled(if: SharedAssets.folder != nil, "no shared assets: plans with steps not tried"))
struct VariantPlansTests {
  private static let count = 12

  /// Steps of plan `index`: each in turn, and all of them.
  private func addSteps(_ index: Int, to plan: inout CompressionPlan) {
    let removal = ChannelRemoval(amount: 0.2)
    let steps: [(Equalization?, ChannelRemoval?, Set<RepairStep>)] = [
      (Equalization(), nil, []), (nil, nil, [.bias]), (nil, removal, []),
      (nil, nil, [.batchnorm]), (Equalization(), removal, [.bias, .batchnorm]),
    ]
    (plan.equalize, plan.channels, plan.repair) = steps[index / 2 % steps.count]
  }

  @Test(arguments: [false, true])
  func previewIsExport(keepBatchNorm: Bool) async throws {
    var generator = SeededGenerator(seed: 20_261_121)
    let model = try OpenedModel(
      path: try #require(SharedAssets.path("cifar10/resnet20.onnx")),
      keepBatchNorm: keepBatchNorm)
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path("cifar10/cifar10_test1000.yaml")), limit: 200)
    let samples = CalibrationSamples(data, count: 50)
    let engine = try PreviewEngine(
      model: model, data: data, threads: 2, calibration: samples)
    // The second engine keeps no activations: every run of it is a full run.
    let full = try PreviewEngine(
      model: model, data: data, threads: 1, memoryBudget: 0, calibration: samples)
    let baseline = try await engine.evaluate(nil).baseline
    let folder = try TemporaryFolder()
    var expected: [Int] = []
    var previous = CompressionPlan()
    for index in 0..<Self.count {
      // Half of the plans differ from the one before in a single layer, as edits do.
      var plan = CompressionPlan.random(for: model, using: &generator)
      let focus = model.layers.randomElement(using: &generator)?.name
      if index % 2 == 1, let focus {
        plan = previous
        plan.set(LayerSetting(prune: PruneSetting(amount: 0.3)), forLayer: focus)
      }
      previous = plan
      addSteps(index, to: &plan)
      let about = Comment("plan \(index): \(plan.text())")
      let compressed = try await engine.compress(plan)
      #expect(compressed.variant != nil, about)
      let metrics = try await engine.evaluate(compressed, focus: focus, precision: .auto)
      #expect(metrics.baseline == baseline, about)
      #expect(metrics.precision == .exact)
      let resumed = try await engine.outputs(of: compressed)
      let whole = try await full.outputs(of: try await full.compress(plan))
      #expect(resumed == whole, about)
      let correct = zip(whole, data.previewOrder(seed: 0)).filter {
        $0.best == data.labels?[$1]
      }.count
      #expect(metrics.plan?.correct == correct, about)
      #expect(await engine.known(compressed) == metrics, about)
      try await check(compressed, plan, engine, folder, index)
      expected.append(correct)
    }
    // Without steps the engine is where it was.
    let plain = try await engine.compress(previous)
    let other = try PreviewEngine(model: model, data: data, threads: 2)
    #expect(
      try await engine.outputs(of: plain)
        == other.outputs(of: try await other.compress(previous)))
    try compareWithRuntime(folder, expected)
  }

  private func check(
    _ compressed: CompressedPlan, _ plan: CompressionPlan, _ engine: PreviewEngine,
    _ folder: TemporaryFolder, _ index: Int
  ) async throws {
    let about = Comment("plan \(index)")
    let model = engine.model
    let sizes = try engine.size(of: compressed)
    let counted = try engine.sizes.sizes(of: plan)
    #expect(counted.summary.formats == sizes.formats, about)
    #expect(counted.summary.stored == sizes.stored, about)
    #expect(sizes.originalFile == model.fileBytes)
    for layer in model.layers.indices {
      let report = try engine.layerReport(layer, under: plan)
      let other = try #require(engine.layerReport(model.layers[layer].name, in: compressed))
      #expect(report.after.floats == other.after.floats, about)
      #expect(report.sparsity == other.sparsity, about)
    }
    let exporter = ModelExporter(model: model, compressed: compressed)
    for format in [ExportFormat.onnx, .onnxQDQ, .safetensors] {
      let path = folder.path("\(index)-\(format.rawValue).\(format.fileExtension)")
      let bytes = try exporter.write(format, to: path)
      #expect(sizes.formats[format.rawValue] == bytes, about)
      var proof = try ExportVerification(path: path, model: model, compressed: compressed)
      if index < 4 {
        try await proof.compareOutputs(
          path: path, engine: engine, compressed: compressed, threads: 2)
      }
      #expect(proof.isProven, "\(about) \(format): \(proof)")
      #expect(plan.repair.isEmpty || proof.constants > 0, about)
    }
  }

  private func compareWithRuntime(_ folder: TemporaryFolder, _ expected: [Int]) throws {
    guard JudgePython.isAvailable else {
      print("no judges: exported files not run in ONNX Runtime")
      return
    }
    let script = """
      import sys, numpy as np, onnxruntime as ort
      folder, data, count = sys.argv[1], np.load(sys.argv[2]), int(sys.argv[3])
      mean = np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1)
      std = np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1)
      x = (data["images"][:200].astype(np.float32) / np.float32(255) - mean) / std
      for i in range(count):
          for kind in ("onnx", "onnx-qdq"):
              s = ort.InferenceSession(f"{folder}/{i}-{kind}.onnx", providers=["CPUExecutionProvider"])
              y = s.run(None, {"input": x})[0]
              print(int((y.argmax(1) == data["labels"][:200]).sum()))
      """
    let output = try JudgePython.run(
      script,
      arguments: [
        folder.url.path, try #require(SharedAssets.path("cifar10/cifar10_test1000.npz")),
        "\(expected.count)",
      ])
    let counts = output.split(separator: "\n").compactMap { Int($0) }
    #expect(counts == expected.flatMap { [$0, $0] })
  }
}
