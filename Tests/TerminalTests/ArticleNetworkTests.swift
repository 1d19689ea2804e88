import Foundation
import TestSupport
import Testing

/// The two networks of the source articles: opened, compressed, exported, and run by ONNX Runtime with
/// the predictions that were previewed (Documentation/walk-through.md).
@Suite(
  .enabled(if: Subprocess.weightbench != nil, "the built program is missing"),
  .enabled(if: JudgePython.isAvailable, "the judges are not installed"))
struct ArticleNetworkTests {
  private let folder: TemporaryFolder
  private var program: String { Subprocess.weightbench ?? "" }

  init() throws {
    folder = try TemporaryFolder()
    try judge([folder.url.path])
  }

  @discardableResult
  private func judge(_ arguments: [String]) throws -> String {
    let run = try Subprocess(
      SharedAssets.root.appending(path: ".judges/bin/python").path,
      [SharedAssets.root.appending(path: "Tests/Judges/article_networks.py").path] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    return run.output
  }

  private func weightbench(_ arguments: [String]) throws -> [String: Any] {
    let run = try Subprocess(program, arguments + ["--json"])
    #expect(run.status == 0, "\(arguments): \(run.errors)\(run.output)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  /// ONNX Runtime's class of every image, and its logits.
  private func predictions(_ model: String) throws -> (classes: [Int], logits: [Double]) {
    let text = try judge(["--run", model, "--data", folder.path("images.npz")])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    return (
      try #require(object["classes"] as? [Int]), try #require(object["logits"] as? [Double])
    )
  }

  @Test(arguments: ["simple-cnn", "wide-cnn"])
  func opensCompressesAndExports(name: String) throws {
    let model = folder.path(name + ".onnx")
    let inspected = try weightbench(["inspect", model])
    let layers = try #require(inspected["layers"] as? [[String: Any]])
    #expect(layers.compactMap { $0["name"] as? String } == ["conv1", "conv2", "fc1", "fc2"])

    let plan = folder.path("plan.yaml")
    try """
    weightbench: 1
    defaults: {prune: {amount: 0.3}, weights: {bits: 8}}
    layers:
      fc2: {prune: {percentile: 90}, weights: {bits: 8}}
    """.write(toFile: plan, atomically: true, encoding: .utf8)
    let data = ["--data", folder.path("images.yaml")]
    let measured = try weightbench(["evaluate", model, "--plan", plan] + data)
    let agreement = try #require(measured["agreement"] as? Double)

    let floats = folder.path("floats.onnx")
    let integers = folder.path("integers.onnx")
    for (format, file) in [("onnx", floats), ("onnx-qdq", integers)] {
      let applied = try weightbench(
        ["apply", model, "--plan", plan, "--format", format, "--output", file])
      let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
      #expect(applied["bytes"] as? Int == size)
    }
    let original = try predictions(model)
    let exported = try predictions(integers)
    let baked = try predictions(floats)
    // The same predictions from both files, and as many that agree with the original as previewed.
    #expect(exported.classes == baked.classes)
    let difference = zip(exported.logits, baked.logits).map { abs($0 - $1) }.max() ?? .infinity
    #expect(difference < 1e-5)
    let same = zip(original.classes, exported.classes).filter { $0 == $1 }.count
    #expect(abs(Double(same) / Double(original.classes.count) - agreement) < 1e-9)
    // 90 % of the last layer's weights, and 30 % of the others', are zero.
    let rows = try #require(measured["layers"] as? [[String: Any]])
    let sparsities = rows.compactMap { $0["sparsity"] as? Double }
    // The nearest whole number of weights: up to half a weight below 30 %.
    #expect(sparsities.dropLast().allSatisfy { $0 > 0.299 })
    #expect((sparsities.last ?? 0) >= 0.9)
    let verified = try weightbench(["verify", integers, "--model", model, "--plan", plan] + data)
    #expect(!verified.isEmpty)
  }

  /// Latency of original and export, in this program's executor, which it says.
  @Test func latencyIsComparedInTurns() throws {
    let model = folder.path("simple-cnn.onnx")
    let report = try weightbench(
      ["benchmark", model, "--against", model, "--rounds", "5", "--batch", "2"])
    for side in ["original", "exported"] {
      let figures = try #require(report[side] as? [String: Any])
      #expect((figures["seconds"] as? [Double])?.count == 5)
      #expect((figures["median"] as? Double ?? 0) > 0)
    }
    #expect((report["ratio"] as? Double ?? 0) > 0)
    #expect((report["executor"] as? String ?? "").contains("not in ONNX Runtime"))
    let wrong = try Subprocess(
      program, ["benchmark", model, "--against", model, "--only", "edits"])
    #expect(wrong.status == 2)
    let other = try Subprocess(
      program,
      [
        "benchmark", model, "--against",
        SharedAssets.root.appending(path: "sample-models/simple-cnn/simple-cnn.onnx").path,
        "--rounds", "1",
      ])
    #expect(other.status == 1)
  }

  /// The commands `recipe` and `import`: files, notes, and what is wrong.
  @Test func recipesAreWrittenAndRead() throws {
    let model = folder.path("simple-cnn.onnx")
    let plan = folder.path("plan.yaml")
    try "weightbench: 1\nlayers:\n  fc1: {prune: {amount: 0.5}, weights: {bits: 4}}\n"
      .write(toFile: plan, atomically: true, encoding: .utf8)
    let recipe = folder.path("overrides.json")
    let written = try weightbench(
      ["recipe", "--plan", plan, "--model", model, "--to", "onnxruntime", "--output", recipe])
    #expect((written["notes"] as? [String] ?? []).contains { $0.contains("fc1") })
    let read = try weightbench(["import", recipe, "--from", "onnxruntime", "--model", model])
    #expect((read["plan"] as? String ?? "").contains("fc1"))
    let unknown = try Subprocess(
      program, ["recipe", "--plan", plan, "--model", model, "--to", "distillr"])
    #expect(unknown.status == 1)
    #expect(unknown.errors.contains("Did you mean 'distiller'?"))
    let broken = try Subprocess(program, ["import", model, "--from", "torchao"])
    #expect(broken.status == 1)
  }
}
