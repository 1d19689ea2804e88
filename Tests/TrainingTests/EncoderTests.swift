import Datasets
import Evaluation
import Execution
import ModelCompression
import ModelFormats
import Tensors
import TestSupport
import Testing
import Training

/// Networks that PyTorch exported, with several inputs, tokens, masks and sizes that are worked out: opened
/// with their data, measured, trained and written.
@Suite(.enabled(if: TorchJudge.isAvailable, "no PyTorch: exported encoders not tried"))
struct EncoderTests {
  private static let folder = Result {
    let folder = try TemporaryFolder()
    _ = try JudgePython.run(file: "encoders.py", arguments: [folder.url.path])
    return folder
  }

  private static let names = [
    "bert", "decoder", "classifier", "pair", "autoencoder", "segmenter",
  ]

  /// Networks that take one or four samples at a time.
  private static let fixed = ["fixed1", "fixed4"]

  private static func data(_ name: String) throws -> EvaluationData {
    try EvaluationData.open(path: try folder.get().path("\(name).yaml"), limit: nil)
  }

  private static func engine(_ name: String) throws -> PreviewEngine {
    try PreviewEngine(
      model: try OpenedModel(path: try folder.get().path("\(name).onnx")), data: try data(name),
      threads: 2)
  }

  private static let plan = CompressionPlan(
    defaults: PlanRule(
      prune: .set(PruneSetting(amount: 0.3)), weights: .set(WeightQuantization(bits: 4))))

  @Test(arguments: names)
  func outputsAreTorchs(_ name: String) async throws {
    let engine = try Self.engine(name)
    let data = try Self.data(name)
    let graph = try engine.model.runnableGraph()
    try data.check(against: graph.runtimeInputs)
    let inputs = try data.inputs(for: Array(0..<data.count), graphInputs: graph.runtimeInputs)
    let found = try FastExecutor(graph: graph).run(
      inputs: inputs, weights: [:], options: RunOptions()
    ).outputs
    let expected = try NPZFile.read(path: try Self.folder.get().path("\(name)-outputs.npz"))
    #expect(expected.count == graph.outputs.count)
    for (output, values) in expected {
      let ours = try #require(found[output])
      #expect(ours.shape == values.shape)
      let largest = values.floats.map { abs($0) }.max() ?? 1
      let difference = zip(ours.floats, values.floats).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference <= 2e-6 * max(largest, 1), "\(output): \(difference)")
    }
  }

  @Test(arguments: names + fixed)
  func plansAreMeasuredAndProven(_ name: String) async throws {
    let engine = try Self.engine(name)
    let compressed = try await engine.compress(Self.plan)
    let metrics = try await engine.evaluate(compressed)
    #expect(metrics.images == 24)
    switch name {
    case "classifier", "pair", "fixed1", "fixed4":
      #expect(metrics.plan != nil && metrics.delta != nil)
    case "autoencoder": #expect(metrics.task?.headline.key == "mae")
    case "segmenter": #expect(metrics.task?.headline.key == "miou")
    default: #expect(metrics.cosine > 0.5 && metrics.cosine < 1)
    }
    let path = try Self.folder.get().path("\(name)-exported.onnx")
    _ = try ModelExporter(model: engine.model, compressed: compressed).write(.onnxQDQ, to: path)
    var proof = try ExportVerification(path: path, model: engine.model, compressed: compressed)
    try await proof.compareOutputs(path: path, engine: engine, compressed: compressed, threads: 2)
    #expect(proof.isProven, "\(name): \(proof)")
  }

  @Test func aFixedBatchIsToldWhereAStepIsSmaller() async throws {
    var settings = FinetuneSettings()
    (settings.epochs, settings.batch) = (1, 3)
    let finetuner = try Finetuner(
      engine: try Self.engine("fixed4"), plan: Self.plan, settings: settings, threads: 2)
    let error = try await #require(throws: EngineError.self) { _ = try await finetuner.run() }
    #expect(error.description.contains("4 samples at a time"), "\(error)")
    #expect(error.description.contains("--batch 4"))
  }

  @Test(arguments: names + fixed)
  func trainingWinsSomethingBack(_ name: String) async throws {
    var settings = FinetuneSettings()
    (settings.epochs, settings.batch, settings.validation, settings.shift) = (3, 6, 0, 0)
    settings.correctsFirst = false
    settings.learningRate = 0.003
    let result = try await Finetuner(
      engine: try Self.engine(name), plan: Self.plan, settings: settings, threads: 2
    ).run()
    #expect(result.ending == .finished && result.steps == 12)
    let losses = result.history.compactMap(\.trainingLoss)
    let (first, last) = (try #require(losses.first), try #require(losses.last))
    #expect(last < first, "\(losses)")
  }

  /// Data that do not fit are told so by name, with a remedy.
  @Test(arguments: [
    ("pair", "classifier", "input 'input_ids'"),
    ("bert", "pair", "input 'left'"),
    ("segmenter", "autoencoder", "channels"),
    ("autoencoder", "segmenter", "channels"),
  ])
  func dataThatDoNotFitAreTold(_ data: String, _ model: String, _ words: String) throws {
    let error = try #require(throws: EngineError.self) {
      _ = try PreviewEngine(
        model: try OpenedModel(path: try Self.folder.get().path("\(model).onnx")),
        data: try Self.data(data), threads: 1)
    }
    #expect(error.description.contains(words), "\(error)")
    #expect(error.remedy != nil)
  }
}
