import Datasets
import Evaluation
import Foundation
import ModelCompression
import Tensors
import TestSupport
import Testing

/// Every task's figures against SciPy and scikit-learn, on networks fitted to real pictures.
@Suite(.enabled(if: TaskJudge.isAvailable, "no judges: tasks not judged"))
struct TaskJudgeTests {
  /// Three-bit weights, but for the table of embeddings, as the judge has it.
  private static func plan(for model: OpenedModel) -> CompressionPlan {
    var plan = CompressionPlan(defaults: PlanRule(weights: .set(WeightQuantization(bits: 3))))
    if model.layers.contains(where: { $0.name == "table" }) {
      plan.set(LayerSetting(), forLayer: "table")
    }
    return plan
  }

  /// What is measured of a judged network under three-bit weights.
  private static func metrics(
    _ name: String, threads: Int = 2
  ) async throws -> PreviewMetrics {
    let judge = try TaskJudge.shared.get()
    let model = try OpenedModel(path: judge.path("\(name).onnx"))
    let engine = try PreviewEngine(
      model: model, data: try EvaluationData.open(path: judge.path("\(name).yaml"), limit: nil),
      threads: threads)
    return try await engine.evaluate(try await engine.compress(plan(for: model)))
  }

  @Test(
    arguments: [
      ("segmentation", ["miou", "pixelAccuracy"]), ("classes", ["miou", "pixelAccuracy"]),
      ("last", ["miou", "pixelAccuracy"]), ("coarse", ["miou", "pixelAccuracy"]),
      ("regression", ["mae", "rmse"]), ("pooled", ["spearman", "pearson"]),
      ("tokens", ["spearman", "pearson"]),
    ])
  func figuresAreTheJudges(_ name: String, _ keys: [String]) async throws {
    let judge = try TaskJudge.shared.get()
    let expected = try #require(judge.figures[name])
    let task = try #require(try await Self.metrics(name).task)
    let figures = [task.headline] + task.figures
    #expect(figures.map(\.key) == keys)
    #expect(task.samples == 90)
    // Interpolated scores may tie within rounding: one pixel of 5,760.
    let tolerance = name == "coarse" ? 1e-3 : 2e-5
    for (place, figure) in figures.enumerated() {
      let before = try #require(figure.baseline)
      let after = try #require(figure.plan)
      #expect(abs(before - expected[0][place]) < tolerance, "\(figure.name): \(before)")
      #expect(abs(after - expected[1][place]) < tolerance, "\(figure.name) of the plan: \(after)")
    }
    let difference = try #require(task.difference)
    let headline = expected[1][0] - expected[0][0]
    #expect(abs(difference.value - headline) < 2 * tolerance)
    let interval = try #require(difference.interval95)
    #expect(interval.contains(difference.value))
    #expect(interval.upperBound > interval.lowerBound)
  }

  @Test func textIsClassifiedFromSeveralIntegerInputs() async throws {
    let expected = try #require(try TaskJudge.shared.get().figures["text"])
    let metrics = try await Self.metrics("text")
    #expect(metrics.task == nil)
    #expect(metrics.baseline?.correct == Int((expected[0][0] * 90).rounded()))
    #expect(metrics.plan?.correct == Int((expected[1][0] * 90).rounded()))
  }

  @Test(arguments: ["segmentation", "regression", "pooled"])
  func workersChangeNothing(_ name: String) async throws {
    let one = try await Self.metrics(name, threads: 1)
    let four = try await Self.metrics(name, threads: 4)
    #expect(one.task == four.task)
    #expect(one.cosine == four.cosine)
  }

  /// Runs that start from kept activations equal whole runs, for both halves of pairs.
  @Test(arguments: ["pooled", "tokens"])
  func keptActivationsChangeNothing(_ name: String) async throws {
    let judge = try TaskJudge.shared.get()
    let model = try OpenedModel(path: judge.path("\(name).onnx"))
    let data = try EvaluationData.open(path: judge.path("\(name).yaml"), limit: nil)
    let engine = try PreviewEngine(model: model, data: data, threads: 2)
    let layer = try #require(model.layers.first?.name)
    for bits in [8, 2, 5, 3] {
      var plan = CompressionPlan()
      plan.set(LayerSetting(weights: WeightQuantization(bits: bits)), forLayer: layer)
      let kept = try await engine.evaluate(try await engine.compress(plan), focus: layer)
      let fresh = try PreviewEngine(model: model, data: data, threads: 2)
      let whole = try await fresh.evaluate(try await fresh.compress(plan))
      #expect(kept.task == whole.task)
      #expect(kept.sqnr == whole.sqnr)
    }
  }

  @Test func intervalsAreSciPys() throws {
    let judge = try TaskJudge.shared.get()
    let (first, second) = (judge.first, judge.second)
    let found = try #require(
      PairedBootstrap(count: first.count, resamples: 20_000).interval95 { draws in
        zip(draws, zip(first, second)).reduce(0) { $0 + Double($1.0) * ($1.1.1 - $1.1.0) }
          / Double(first.count)
      })
    // Ends of 20,000 resamples scatter by about a hundredth of the width.
    let width = judge.high - judge.low
    #expect(abs(found.lowerBound - judge.low) < 0.03 * width)
    #expect(abs(found.upperBound - judge.high) < 0.03 * width)
  }

  @Test func searchLosesNoMoreThanIsAllowed() async throws {
    let judge = try TaskJudge.shared.get()
    let engine = try PreviewEngine(
      model: try OpenedModel(path: judge.path("pooled.onnx")),
      data: try EvaluationData.open(path: judge.path("pooled.yaml"), limit: nil), threads: 2)
    let result = try await PlanSearcher(engine: engine).run(PlanSearch(goal: .maxDrop(points: 2)))
    #expect(result.searchMetrics.drop <= 2)
    #expect(result.searchMetrics.headline.key == "spearman")
    #expect(result.front.allSatisfy { $0.headline.key == "spearman" })
  }

  @Test func scansTellTheHeadline() async throws {
    let judge = try TaskJudge.shared.get()
    let expected = try #require(judge.figures["regression"])
    let engine = try PreviewEngine(
      model: try OpenedModel(path: judge.path("regression.onnx")),
      data: try EvaluationData.open(path: judge.path("regression.yaml"), limit: nil), threads: 2)
    let setting = LayerSetting(weights: WeightQuantization(bits: 3))
    let scan = SensitivityScan(settings: [setting])
    let table = try await SensitivityScanner(engine: engine).run(scan) { _, _ in }
    let task = try #require(table.cells.first?.task)
    #expect(abs((task.headline.plan ?? 0) - expected[1][0]) < 2e-5)
    let row = try #require(SensitivityReport(table, shard: nil, seconds: 0).rows.first)
    #expect(row.headline?.name == "MAE")
    #expect(abs((row.headline?.drop ?? 0) - (expected[1][0] / expected[0][0] - 1) * 100) < 0.01)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let judge = try TaskJudge.shared.get()
    let folder = try TemporaryFolder()
    func error(_ model: String, _ data: String, _ description: String) throws -> EngineError? {
      let path = folder.path("\(UUID().uuidString).yaml")
      try "data: \(judge.path("\(data).npz"))\n\(description)".write(
        toFile: path, atomically: true, encoding: .utf8)
      do {
        _ = try PreviewEngine(
          model: try OpenedModel(path: judge.path("\(model).onnx")),
          data: try EvaluationData.open(path: path, limit: nil), threads: 1)
        return nil
      } catch let error as EngineError {
        return error
      }
    }
    // Digits instead of class maps, pictures instead of two numbers.
    let maps = try error("segmentation", "segmentation", "task: regression\n")
    #expect(maps?.problem.contains("needs an output of 64 floats") == true)
    let vectors = try error("regression", "regression", "task: segmentation\n")
    #expect(vectors?.problem.contains("are no class maps") == true)
    #expect(vectors?.remedy?.contains("(N, H, W)") == true)
    let unknown = try error("regression", "regression", "task: translation\n")
    #expect(unknown?.remedy?.contains("segmentation, regression") == true)
    #expect(try error("regression", "regression", "task: regression\n") == nil)
  }
}
