import Datasets
import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// MiniLM on the sentence pairs of STS-B, against what NumPy, SciPy and ONNX Runtime said.
@Suite(
  .enabled(if: SharedAssets.folder != nil, "no shared assets: sentence pairs not measured"))
struct SentencePairTests {
  /// The part of the reference file that is compared.
  struct Reference: Decodable {
    var rows: [String: Double]
    var all: Double
    var model: String
    var data: String
    enum CodingKeys: String, CodingKey {
      case rows, data
      case all = "baseline_all_1379"
      case model = "model_path"
    }

    init() throws {
      let path = try #require(SharedAssets.path("reference/minilm.json"))
      self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    }
  }

  /// The pairs that the rows of the reference were made from.
  private static let referencePairs = 400

  private static func engine(_ reference: Reference, limit: Int?) throws -> PreviewEngine {
    try PreviewEngine(
      model: try OpenedModel(path: try #require(SharedAssets.path(reference.model))),
      data: try EvaluationData.open(
        path: try #require(SharedAssets.path(reference.data)), limit: limit),
      threads: ProcessInfo.processInfo.activeProcessorCount)
  }

  @Test func theOriginalIsTheReferences() async throws {
    let reference = try Reference()
    let task = try #require(try await Self.engine(reference, limit: nil).evaluate(nil).task)
    #expect(task.samples == 1379)
    #expect(abs((task.headline.baseline ?? 0) - reference.all) < 1e-4)
  }

  @Test func everyPlanIsTheReferences() async throws {
    let reference = try Reference()
    let engine = try Self.engine(reference, limit: Self.referencePairs)
    // Slow builds check one row of each kind.
    #if DEBUG
    let names = ["prune_L1_0.5", "quant_3bit"]
    #else
    let names = reference.rows.keys.filter { $0 != "baseline" }.sorted()
    #endif
    for name in names {
      let expected = try #require(reference.rows[name])
      let parts = name.split(separator: "_")
      let last = try #require(parts.last)
      let rule =
        parts[0] == "prune"
        ? PlanRule(prune: .set(PruneSetting(amount: try #require(Double(last)))))
        : PlanRule(
          weights: .set(WeightQuantization(bits: try #require(Int(last.dropLast(3))))))
      // The reference leaves the table of word embeddings alone.
      var plan = CompressionPlan(defaults: rule)
      plan.set(LayerSetting(), forLayer: "word")
      let headline = try #require(
        try await engine.evaluate(try await engine.compress(plan)).task?.headline)
      let found = try #require(headline.plan)
      #expect(abs(found - expected) <= 0.002, "\(name): \(found), reference \(expected)")
      #expect(abs((headline.baseline ?? 0) - (reference.rows["baseline"] ?? 0)) < 1e-4)
    }
  }
}
