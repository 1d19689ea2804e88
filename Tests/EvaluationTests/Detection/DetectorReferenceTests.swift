import Datasets
import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// Mean average precision of whole detectors under uniform plans, against the reference files that NumPy and
/// ONNX Runtime made, and against pycocotools on the same boxes.
@Suite(.enabled(if: SharedAssets.folder != nil, "no shared assets: detectors not compared"))
struct DetectorReferenceTests {
  /// The part of a reference file that is compared.
  struct Reference: Decodable {
    struct Row: Decodable {
      var map: Double
      var classes: [String: Double]
      enum CodingKeys: String, CodingKey {
        case map = "mAP50"
        case classes = "AP50"
      }
    }
    var rows: [String: Row]
    var path: String
    var data: String
    enum CodingKeys: String, CodingKey {
      case rows, data
      case path = "model_path"
    }

    init(name: String) throws {
      let file = try #require(SharedAssets.path("reference/\(name).json"))
      self = try JSONDecoder().decode(
        Reference.self, from: Data(contentsOf: URL(filePath: file)))
    }

    func engine() throws -> PreviewEngine {
      let model = try OpenedModel(
        path: try #require(SharedAssets.path(path)), keepBatchNorm: true)
      let data = try EvaluationData.open(path: try #require(SharedAssets.path(data)), limit: nil)
      return try PreviewEngine(
        model: model, data: data, threads: ProcessInfo.processInfo.activeProcessorCount)
    }
  }

  /// The plan that a row's name means.
  static func plan(_ row: String) throws -> CompressionPlan? {
    if row == "baseline" { return nil }
    if row.hasPrefix("prune_L1_") {
      let amount = try #require(Double(row.dropFirst(9)))
      return CompressionPlan(defaults: PlanRule(prune: .set(PruneSetting(amount: amount))))
    }
    let bits = try #require(Int(row.dropFirst(6).dropLast(3)))
    return CompressionPlan(defaults: PlanRule(weights: .set(WeightQuantization(bits: bits))))
  }

  @Test(arguments: ["bccd_centernet", "fashion_det"])
  func precisionOfEveryRow(name: String) async throws {
    let reference = try Reference(name: name)
    let engine = try reference.engine()
    #expect(reference.rows.count == 10)
    for (row, expected) in reference.rows.sorted(by: { $0.key < $1.key }) {
      let plan = try Self.plan(row)
      let compressed = try await plan.asyncMap { try await engine.compress($0) }
      let result = try #require(try await engine.evaluate(compressed).task)
      let voc = try #require(result.figures.first { $0.key == "voc" })
      // Sums in another order move scores by 1e-7, which can swap two boxes of the ranking.
      let map = try #require(plan == nil ? voc.baseline : voc.plan)
      #expect(abs(map - expected.map) < 0.002, "\(row): \(map), reference \(expected.map)")
      for (label, value) in expected.classes {
        let figure = try #require(result.figures.first { $0.key == "ap50.\(label)" })
        let own = try #require(plan == nil ? figure.baseline : figure.plan)
        #expect(abs(own - value) < 0.01, "\(row) \(label): \(own), reference \(value)")
      }
    }
  }

  @Test(.enabled(if: COCOJudge.isAvailable, "pycocotools is not installed"))
  func pycocotoolsAgreesOnTheSameBoxes() async throws {
    let reference = try Reference(name: "bccd_centernet")
    let engine = try reference.engine()
    let data = try #require(engine.data)
    let folder = try TemporaryFolder()
    let truth = folder.path("truth.json")
    try COCOFiles.annotations(data, classCount: 3)
      .write(toFile: truth, atomically: true, encoding: .utf8)
    var files: [(truth: String, results: String)] = []
    var ours: [[Double]] = []
    for row in reference.rows.keys.sorted() where row != "prune_L1_0.9" {
      let plan = try Self.plan(row)
      let compressed = try await plan.asyncMap { try await engine.compress($0) }
      let path = folder.path("\(row).json")
      try COCOFiles.results(try await engine.detections(of: compressed), data: data)
        .write(toFile: path, atomically: true, encoding: .utf8)
      files.append((truth, path))
      let result = try #require(try await engine.evaluate(compressed).task)
      ours.append(
        try ([result.headline] + result.figures.prefix(2)).map {
          try #require(plan == nil ? $0.baseline : $0.plan)
        })
    }
    // The float model and eight plans.
    #expect(files.count == 9)
    let theirs = try COCOJudge.figures(files)
    for (index, (own, other)) in zip(ours, theirs).enumerated() {
      #expect(own == Array(other.prefix(3)), "\(files[index].results): \(own), \(other)")
    }
  }
}

extension Optional {
  fileprivate func asyncMap<T>(_ transform: (Wrapped) async throws -> T) async rethrows -> T? {
    switch self {
    case .some(let value): try await transform(value)
    case .none: nil
    }
  }
}
