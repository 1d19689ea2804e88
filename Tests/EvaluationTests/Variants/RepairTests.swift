import Datasets
import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// Repair: what it promises of means and variances is measured by others, in the exported file.
@Suite(
  .enabled(
    if: SharedAssets.folder != nil && JudgePython.isAvailable,
    "no shared assets or judges: repair not measured"))
struct RepairTests {
  private static let samples = 100
  static let folded: [(bits: Int?, amount: Double?, step: RepairStep)] = [
    (3, nil, .bias), (3, nil, .batchnorm), (nil, 0.6, .batchnorm),
  ]

  private func engine(keepBatchNorm: Bool) throws -> PreviewEngine {
    let model = try OpenedModel(
      path: try #require(SharedAssets.path("cifar10/resnet20.onnx")),
      keepBatchNorm: keepBatchNorm)
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path("cifar10/cifar10_test1000.yaml")), limit: nil)
    return try PreviewEngine(
      model: model, data: data, threads: 2,
      calibration: CalibrationSamples(data, count: Self.samples))
  }

  /// The largest differences of mean and of standard deviation between two files over all channels of
  /// all values of an operator, relative to the original's standard deviation, as ONNX Runtime
  /// computes the values.
  private func moments(
    _ before: String, _ after: String, op: String, slot: String
  ) throws -> (mean: Double, deviation: Double) {
    let script = """
      import sys, numpy as np, onnx, onnxruntime as ort
      data = np.load(sys.argv[3]); count = int(sys.argv[4])
      mean = np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1)
      std = np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1)
      x = (data["images"][:count].astype(np.float32) / np.float32(255) - mean) / std
      def moments(path):
          m = onnx.load(path)
          names = [getattr(n, sys.argv[6])[0] for n in m.graph.node if n.op_type in sys.argv[5].split(",")]
          for n in names:
              if n not in [o.name for o in m.graph.output]:
                  m.graph.output.append(onnx.helper.make_empty_tensor_value_info(n))
          s = ort.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"])
          out = []
          for v in s.run(names, {"input": x}):
              v = v.astype(np.float64)
              v = np.moveaxis(v, 1, 0).reshape(v.shape[1], -1)
              out.append((v.mean(1), v.std(1)))
          return out
      a, b = moments(sys.argv[1]), moments(sys.argv[2])
      assert len(a) == len(b) and len(a) > 0
      print(max((np.abs(p[0] - q[0]) / p[1].max()).max() for p, q in zip(a, b)))
      print(max((np.abs(p[1] - q[1]) / p[1].max()).max() for p, q in zip(a, b)))
      """
    let output = try JudgePython.run(
      script,
      arguments: [
        before, after, try #require(SharedAssets.path("cifar10/cifar10_test1000.npz")),
        "\(Self.samples)", op, slot,
      ])
    let numbers = output.split(separator: "\n").compactMap { Double($0) }
    return (try #require(numbers.first), try #require(numbers.last))
  }

  /// Pre-activations of every layer have the original's mean (and deviation) again.
  @Test(arguments: Self.folded)
  func foldedLayersMatch(bits: Int?, amount: Double?, step: RepairStep) async throws {
    let engine = try engine(keepBatchNorm: false)
    let folder = try TemporaryFolder()
    var plan = CompressionPlan(repair: [step])
    plan.defaults.weights = bits.map { .set(WeightQuantization(bits: $0)) } ?? .unstated
    plan.defaults.prune = amount.map { .set(PruneSetting(amount: $0)) } ?? .unstated
    let original = try await engine.compress(CompressionPlan())
    _ = try ModelExporter(model: engine.model, compressed: original)
      .write(.onnx, to: folder.path("before.onnx"))
    let compressed = try await engine.compress(plan)
    for format in [ExportFormat.onnx, .onnxQDQ] {
      let path = folder.path("after.\(format.rawValue).onnx")
      _ = try ModelExporter(model: engine.model, compressed: compressed).write(format, to: path)
      let found = try moments(
        folder.path("before.onnx"), path, op: "Conv,Gemm", slot: "output")
      #expect(found.mean < 2e-4, "\(format)")
      if step == .batchnorm {
        // A channel that pruning left nearly without signal keeps less deviation than the original's.
        withKnownIssue("channels without signal can't get theirs back", isIntermittent: true) {
          #expect(found.deviation < 2e-4, "\(format)")
        }
      } else {
        #expect(found.deviation > 1e-2, "deviations are left alone")
      }
    }
  }

  /// What batch normalizations give has the original's mean and deviation again, with weights as they
  /// were.
  @Test func normalizationsMatch() async throws {
    let engine = try engine(keepBatchNorm: true)
    let folder = try TemporaryFolder()
    let rule = PlanRule(prune: .set(PruneSetting(amount: 0.7)))
    let plain = try await engine.compress(CompressionPlan(defaults: rule))
    let compressed = try await engine.compress(
      CompressionPlan(repair: [.batchnorm], defaults: rule))
    let original = try await engine.compress(CompressionPlan())
    _ = try ModelExporter(model: engine.model, compressed: original)
      .write(.onnx, to: folder.path("before.onnx"))
    _ = try ModelExporter(model: engine.model, compressed: compressed)
      .write(.onnx, to: folder.path("after.onnx"))
    let found = try moments(
      folder.path("before.onnx"), folder.path("after.onnx"), op: "BatchNormalization",
      slot: "output")
    #expect(found.mean < 2e-4)
    withKnownIssue("channels without signal can't get theirs back", isIntermittent: true) {
      #expect(found.deviation < 2e-4)
    }
    // All but the classifier, which no normalization follows.
    for (before, after) in zip(plain.weights, compressed.weights).dropLast() {
      #expect(before?.dequantized.floats == after?.dequantized.floats)
    }
  }

  /// One changed layer: b' = b - (W^ - W) E[x], with E[x] as NumPy finds it.
  @Test func biasCorrectionIsTheFormula() async throws {
    let engine = try engine(keepBatchNorm: false)
    let folder = try TemporaryFolder()
    let name = "layer2.0.conv1"
    var plan = CompressionPlan(repair: [.bias])
    plan.set(LayerSetting(weights: WeightQuantization(bits: 2)), forLayer: name)
    let compressed = try await engine.compress(plan)
    let original = try await engine.compress(CompressionPlan())
    for (file, plan) in [("before.onnx", original), ("after.onnx", compressed)] {
      _ = try ModelExporter(model: engine.model, compressed: plan)
        .write(.onnx, to: folder.path(file))
    }
    let layer = try #require(engine.model.layers.first { $0.name == name })
    let script = """
      import sys, numpy as np, onnx, onnxruntime as ort, torch
      from onnx import numpy_helper as nh
      data = np.load(sys.argv[3]); count = int(sys.argv[4])
      mean = np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1)
      std = np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1)
      x = (data["images"][:count].astype(np.float32) / np.float32(255) - mean) / std
      m, c = onnx.load(sys.argv[1]), onnx.load(sys.argv[2])
      node = [n for n in m.graph.node if sys.argv[5] in n.input][0]
      m.graph.output.append(onnx.helper.make_empty_tensor_value_info(node.input[0]))
      s = ort.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"])
      x = torch.from_numpy(s.run([node.input[0]], {"input": x})[0]).double()
      def t(model, name): return torch.from_numpy(nh.to_array([i for i in model.graph.initializer if i.name == name][0]).copy()).double()
      a = {i.name: onnx.helper.get_attribute_value(i) for i in node.attribute}
      change = t(c, node.input[1]) - t(m, node.input[1])
      shift = torch.nn.functional.conv2d(x, change, stride=a["strides"], padding=a["pads"][:2]).mean((0, 2, 3))
      wanted = t(m, node.input[2]) - shift
      print((wanted - t(c, node.input[2])).abs().max().item() / wanted.abs().max().item())
      print(shift.abs().max().item())
      """
    let output = try JudgePython.run(
      script,
      arguments: [
        folder.path("before.onnx"), folder.path("after.onnx"),
        try #require(SharedAssets.path("cifar10/cifar10_test1000.npz")), "\(Self.samples)",
        layer.weight,
      ])
    let numbers = output.split(separator: "\n").compactMap { Double($0) }
    #expect(try #require(numbers.first) < 1e-5)
    #expect(try #require(numbers.last) > 1e-2)
  }

  /// The same network whatever the number of threads.
  @Test func threadsDoNotMatter() async throws {
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path("tiny/fashion_mnist_train1000_calib.yaml")), limit: 100)
    let path = try #require(SharedAssets.path("tiny/fashion_resnet8.onnx"))
    let plan = CompressionPlan(
      equalize: Equalization(), repair: [.batchnorm],
      defaults: PlanRule(weights: .set(WeightQuantization(bits: 3))))
    var results: [[SampleOutput]] = []
    for threads in [1, 3] {
      let engine = try PreviewEngine(
        model: try OpenedModel(path: path), data: data, threads: threads)
      results.append(try await engine.outputs(of: try await engine.compress(plan)))
    }
    #expect(results[0] == results[1])
  }

  @Test func needsSamples() async throws {
    let model = try OpenedModel(path: try #require(SharedAssets.path("tiny/fashion_resnet8.onnx")))
    let engine = try PreviewEngine(model: model, data: nil, threads: 1)
    let plan = CompressionPlan(
      repair: [.bias], defaults: PlanRule(weights: .set(WeightQuantization(bits: 3))))
    await #expect(throws: (any Error).self) { try await engine.compress(plan) }
  }
}
