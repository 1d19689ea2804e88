import Datasets
import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// The models and data that scans are tested on, and what is compared of their tables.
enum ScanFixture {
  private static let samples = SharedAssets.root.appending(path: "sample-models")

  /// An engine over the repository's sample network.
  static func engine(limit: Int = 100, threads: Int = 2) throws -> PreviewEngine {
    let model = try OpenedModel(
      path: samples.appending(path: "fashion-resnet/fashion-resnet.onnx").path)
    let data = try EvaluationData.open(
      path: samples.appending(path: "fashion-mnist/fashion-mnist-test2000.yaml").path,
      limit: limit)
    return try PreviewEngine(model: model, data: data, threads: threads)
  }

  /// An engine over a shared model, as it is stored.
  static func engine(
    asset: String, data: String, threads: Int = 2
  ) throws -> PreviewEngine {
    let model = try OpenedModel(
      path: try #require(SharedAssets.path(asset)), keepBatchNorm: true)
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path(data)), limit: nil)
    return try PreviewEngine(model: model, data: data, threads: threads)
  }

  /// Runs a scan without listening to it.
  static func scan(
    _ scan: SensitivityScan, _ engine: PreviewEngine, journal: ScanJournal? = nil
  ) async throws -> SensitivityTable {
    try await SensitivityScanner(engine: engine).run(scan, journal: journal) { _, _ in }
  }

  /// A table without what differs from run to run.
  static func timeless(_ table: SensitivityTable) -> SensitivityTable {
    var copy = table
    for index in copy.cells.indices { copy.cells[index].seconds = 0 }
    return copy
  }

  /// A report without what differs from run to run.
  static func timeless(_ report: SensitivityReport) -> SensitivityReport {
    var copy = report
    copy.seconds = 0
    for index in copy.rows.indices { copy.rows[index].seconds = 0 }
    return copy
  }

  /// Spearman's rank correlation; equal values share their mean rank.
  static func spearman(_ x: [Double], _ y: [Double]) -> Double {
    func ranks(_ values: [Double]) -> [Double] {
      let order = values.indices.sorted { values[$0] < values[$1] }
      var ranks = [Double](repeating: 0, count: values.count)
      var start = 0
      while start < order.count {
        var end = start
        while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
        for place in start...end { ranks[order[place]] = Double(start + end) / 2 }
        start = end + 1
      }
      return ranks
    }
    let (a, b) = (ranks(x), ranks(y))
    let mean = Double(x.count - 1) / 2
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (p, q) in zip(a, b) {
      ab += (p - mean) * (q - mean)
      aa += (p - mean) * (p - mean)
      bb += (q - mean) * (q - mean)
    }
    return ab / (aa * bb).squareRoot()
  }
}
