import Datasets
import Evaluation
import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Plans that name a finetuned file: it takes the model's place, and nothing else can.
@Suite struct FinetunedFileTests {
  private static let model = SharedAssets.root
    .appending(path: "sample-models/simple-cnn/simple-cnn.onnx").path
  private static let data = SharedAssets.root
    .appending(path: "sample-models/fashion-mnist/fashion-mnist-test2000.yaml").path

  private static func engine(_ path: String = model) throws -> PreviewEngine {
    try PreviewEngine(
      model: try OpenedModel(path: path), data: try EvaluationData.open(path: data, limit: 50),
      threads: 2)
  }

  /// Writes the model with changed weights, as training would; gives its plan of 4 bits.
  private static func train(
    in folder: TemporaryFolder, name: String = "trained.onnx", hasHash: Bool = true,
    change: (inout NetworkGraph) -> Void = { _ in }
  ) throws -> CompressionPlan {
    var graph = try #require(try OpenedModel(path: model).graph)
    for layer in graph.compressibleLayers() {
      let weights = try #require(graph.initializers[layer.weight])
      graph.initializers[layer.weight] = Tensor(weights.shape, weights.floats.map { $0 * 0.9 })
    }
    change(&graph)
    try ONNXWriter.write(graph, to: folder.path(name))
    var plan = CompressionPlan(defaults: PlanRule(weights: .set(WeightQuantization(bits: 4))))
    plan.finetuned = CompressionPlan.Model(
      file: folder.path(name), sha256: hasHash ? try SHA256.hex(ofFile: folder.path(name)) : nil)
    return plan
  }

  /// The error of a plan that can't be taken.
  private static func refusal(_ plan: CompressionPlan) async throws -> EngineError {
    let engine = try engine()
    return try await #require(throws: EngineError.self) { _ = try await engine.compress(plan) }
  }

  @Test func theFileTakesTheModelsPlace() async throws {
    let folder = try TemporaryFolder()
    let plan = try Self.train(in: folder)
    let engine = try Self.engine()
    let compressed = try await engine.compress(plan)
    var alone = plan
    alone.finetuned = nil
    // Opened by itself, under the same plan without the file, it is the same network.
    let trained = try Self.engine(folder.path("trained.onnx"))
    #expect(
      try await engine.outputs(of: compressed)
        == trained.outputs(of: try await trained.compress(alone)))
    let untouched = try await engine.outputs(of: try await engine.compress(alone))
    #expect(try await engine.outputs(of: compressed) != untouched)
    // The original is still the opened model.
    let metrics = try await engine.evaluate(compressed)
    #expect(metrics.baseline == (try await engine.evaluate(nil)).baseline)
    // The sizes are those of the file written.
    let path = folder.path("out.onnx")
    let bytes = try ModelExporter(model: engine.model, compressed: compressed)
      .write(.onnxQDQ, to: path)
    #expect(try engine.size(of: compressed).formats[ExportFormat.onnxQDQ.rawValue] == bytes)
    var proof = try ExportVerification(path: path, model: engine.model, compressed: compressed)
    try await proof.compareOutputs(path: path, engine: engine, compressed: compressed, threads: 2)
    #expect(proof.isProven, "\(proof)")
  }

  @Test func aNeighbourIsNamedWithoutItsFolder() async throws {
    let folder = try TemporaryFolder()
    let plan = try Self.train(in: folder)
    for name in ["plan.yaml", "plan.json"] {
      _ = try plan.write(to: folder.path(name))
      let text = try String(contentsOfFile: folder.path(name), encoding: .utf8)
      #expect(text.contains("trained.onnx") && !text.contains(folder.url.path))
      #expect(try CompressionPlan.read(path: folder.path(name)) == plan)
    }
    // Both can be moved together.
    let other = try TemporaryFolder()
    for name in ["trained.onnx", "plan.yaml"] {
      try FileManager.default.moveItem(atPath: folder.path(name), toPath: other.path(name))
    }
    let moved = try CompressionPlan.read(path: other.path("plan.yaml"))
    #expect(moved.finetuned?.file == URL(filePath: other.path("trained.onnx")).standardized.path)
    _ = try await Self.engine().compress(moved)
    // A plan elsewhere names the whole path.
    _ = try moved.write(to: folder.path("far.yaml"))
    #expect(try CompressionPlan.read(path: folder.path("far.yaml")) == moved)
  }

  @Test func foldersBelowAreFound() throws {
    let folder = try TemporaryFolder()
    try "weightbench: 1\nfinetuned: {file: ../models/./trained.onnx}\n".write(
      toFile: folder.path("plan.yaml"), atomically: true, encoding: .utf8)
    let plan = try CompressionPlan.read(path: folder.path("plan.yaml"))
    let expected = folder.url.deletingLastPathComponent().appending(path: "models/trained.onnx")
    #expect(plan.finetuned?.file == expected.standardizedFileURL.path)
  }

  @Test func aMissingFileIsNamed() async throws {
    let folder = try TemporaryFolder()
    let plan = try Self.train(in: folder)
    try FileManager.default.removeItem(atPath: folder.path("trained.onnx"))
    let error = try await Self.refusal(plan)
    #expect(error.code == .missingFile)
    #expect(error.path == folder.path("trained.onnx"))
    var nameless = plan
    nameless.finetuned = CompressionPlan.Model(sha256: "0f")
    #expect(try await Self.refusal(nameless).problem == "names no file")
  }

  @Test func anotherFileIsRefused() async throws {
    let folder = try TemporaryFolder()
    var plan = try Self.train(in: folder)
    _ = try Self.train(in: folder) { $0.name = "trained again" }
    let error = try await Self.refusal(plan)
    #expect(error.code == .invalidPlan)
    #expect(error.subject == "finetuned")
    #expect(error.problem.contains("sha256"), "\(error)")
    #expect(error.problem.contains("\(try #require(plan.finetuned?.sha256).prefix(12))"))
    // Its hash may be written in capitals, or left out.
    for hash in [try SHA256.hex(ofFile: folder.path("trained.onnx")).uppercased(), nil] {
      plan.finetuned?.sha256 = hash
      _ = try await Self.engine().compress(plan)
    }
  }

  @Test func anotherNetworkIsRefused() async throws {
    let folder = try TemporaryFolder()
    var plan = CompressionPlan()
    plan.finetuned = CompressionPlan.Model(
      file: SharedAssets.root.appending(path: "sample-models/fashion-resnet/fashion-resnet.onnx")
        .path)
    var error = try await Self.refusal(plan)
    #expect(error.problem.contains("has no layer '"), "\(error)")
    plan = try Self.train(in: folder) { graph in
      // The same network, whose scores have another name.
      let scores = graph.outputs[0].name
      for index in graph.nodes.indices {
        graph.nodes[index].outputs = graph.nodes[index].outputs.map { $0 == scores ? "other" : $0 }
      }
      graph.outputs[0].name = "other"
    }
    error = try await Self.refusal(plan)
    #expect(error.problem.contains("has other outputs"), "\(error)")
    plan.finetuned = CompressionPlan.Model(file: Self.data)
    error = try await Self.refusal(plan)
    #expect(error.path == Self.data, "\(error)")
  }
}
