import Datasets
import Evaluation
import Execution
import Foundation
import ModelCompression
import TestSupport
import Testing

/// What is previewed is what is exported: for random plans on ResNet-20, a run resumed from kept
/// activations equals a full run, and the file has the previewed bytes and predictions.
@Suite(.enabled(if: SharedAssets.folder != nil, "no shared assets: random plans not tried"))
struct RandomPlansTests {
  private static let count = 50

  @Test func previewIsExport() async throws {
    // One fixed seed by default, so that a failure is a change of ours; any other by environment.
    let seed =
      ProcessInfo.processInfo.environment["WEIGHTBENCH_TEST_SEED"].flatMap { UInt64($0) }
      ?? 14_207_157_906_436_015_327
    print("RandomPlansTests seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let model = try OpenedModel(path: try #require(SharedAssets.path("cifar10/resnet20.onnx")))
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path("cifar10/cifar10_test1000.yaml")), limit: nil)
    let engine = try PreviewEngine(model: model, data: data, threads: 2)
    // The second engine keeps no activations: every run of it is a full run.
    let full = try PreviewEngine(model: model, data: data, threads: 2, memoryBudget: 0)
    let folder = FileManager.default.temporaryDirectory.appending(path: "plans-\(seed)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
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
      let compressed = try await engine.compress(plan)
      let metrics = try await engine.evaluate(compressed, focus: focus)
      let resumed = try await engine.outputs(of: compressed)
      let whole = try await full.outputs(of: try await full.compress(plan))
      #expect(resumed == whole, "plan \(index): a resumed run differs, seed \(seed)")
      let correct = zip(whole, data.previewOrder(seed: 0)).filter {
        $0.best == data.labels?[$1]
      }.count
      #expect(metrics.plan?.correct == correct, "plan \(index), seed \(seed)")
      let sizes = try engine.size(of: compressed)
      let exporter = ModelExporter(model: model, compressed: compressed)
      for format in ExportFormat.allCases where format.companions(of: "").isEmpty {
        let path = folder.appending(path: "\(index)-\(format.rawValue)").path
        let bytes = try exporter.write(format, to: path)
        let onDisk = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        #expect(bytes == onDisk)
        #expect(sizes.formats[format.rawValue] == onDisk, "plan \(index), seed \(seed)")
      }
      expected.append(correct)
    }
    guard JudgePython.isAvailable else {
      print("no judges: exported files not run in ONNX Runtime")
      return
    }
    let counts = try onnxRuntimeCounts(folder: folder)
    for (index, count) in counts.enumerated() {
      #expect(count.float == expected[index], "plan \(index) float, seed \(seed)")
      #expect(count.quantized == expected[index], "plan \(index) QDQ, seed \(seed)")
    }
    #expect(counts.count == Self.count)
  }

  private func onnxRuntimeCounts(folder: URL) throws -> [(float: Int, quantized: Int)] {
    let script = """
      import sys, numpy as np, onnxruntime as ort
      folder, data, count = sys.argv[1], np.load(sys.argv[2]), int(sys.argv[3])
      mean = np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1)
      std = np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1)
      x = (data["images"].astype(np.float32) / np.float32(255) - mean) / std
      for i in range(count):
          row = []
          for kind in ("onnx", "onnx-qdq"):
              s = ort.InferenceSession(f"{folder}/{i}-{kind}", providers=["CPUExecutionProvider"])
              y = np.concatenate([s.run(None, {"input": b})[0] for b in np.split(x, 10)])
              row.append(int((y.argmax(1) == data["labels"]).sum()))
          print(*row)
      """
    let output = try JudgePython.run(
      script,
      arguments: [
        folder.path, try #require(SharedAssets.path("cifar10/cifar10_test1000.npz")),
        "\(Self.count)",
      ])
    return output.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ").compactMap { Int($0) }
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
  }
}
