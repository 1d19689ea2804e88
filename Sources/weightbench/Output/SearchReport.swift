import Evaluation
import Foundation

/// The content of `search`: that of `evaluate` on the report images, and how it was found.
struct SearchReport: Encodable {
  struct Point: Encodable {
    var bytes: Int
    var top1: Double?
    var agreement: Double?
    var cosine: Double?

    init(_ point: FrontPoint) {
      bytes = point.bytes
      top1 = point.top1
      agreement = point.agreement
      cosine = Output.finite(point.cosine)
    }
  }

  /// A plan beside the found one: the same plan on other images, or a uniform plan.
  struct Comparison: Encodable {
    var images: Int
    var bytes: Int
    var bits: Int?
    var amount: Double?
    var plan: EvaluationReport.Accuracy?
    var agreement: Double?
    var divergence: Double?
    var cosine: Double?

    init(_ metrics: PreviewMetrics, bytes: Int) {
      images = metrics.images
      self.bytes = bytes
      plan = metrics.plan.map(EvaluationReport.Accuracy.init)
      agreement = metrics.agreement
      divergence = metrics.divergence.flatMap(Output.finite)
      cosine = Output.finite(metrics.cosine)
    }
  }

  private enum Keys: String, CodingKey {
    case seconds, evaluations, searchImages, reportImages, front, uniform, search, notices, output
  }

  private let evaluation: EvaluationReport
  private let result: SearchResult
  private let output: String
  private let uniform: Comparison?

  /// The report of a search whose plan was written to `output`.
  init(_ result: SearchResult, plan: CompressedPlan, size: SizeSummary, output: String) {
    evaluation = EvaluationReport(result.metrics, plan: plan, size: size)
    self.result = result
    self.output = output
    uniform = result.uniform.map { found in
      var comparison = Comparison(found.metrics, bytes: found.bytes)
      comparison.bits = found.setting.weights?.bits
      comparison.amount = found.setting.prune?.amount
      return comparison
    }
  }

  func encode(to encoder: any Encoder) throws {
    try evaluation.encode(to: encoder)
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(result.seconds, forKey: .seconds)
    try container.encode(result.evaluations, forKey: .evaluations)
    try container.encode(result.searchImages, forKey: .searchImages)
    try container.encode(result.reportImages, forKey: .reportImages)
    try container.encode(result.front.map(Point.init), forKey: .front)
    try container.encodeIfPresent(uniform, forKey: .uniform)
    try container.encode(
      Comparison(result.searchMetrics, bytes: result.bytes), forKey: .search)
    try container.encode((evaluation.notices ?? []) + result.notices, forKey: .notices)
    try container.encode(output, forKey: .output)
  }

  /// The report in lines for people.
  var text: String {
    var lines = [evaluation.text]
    lines.append(
      "searched  on \(result.searchImages) images, reported on \(result.reportImages) others; "
        + String(format: "%d measurements in %.1f s", result.evaluations, result.seconds))
    if let uniform {
      var setting = uniform.bits.map { "\($0) bits" } ?? "floats"
      if let amount = uniform.amount { setting += ", \(Output.percent(amount)) pruned" }
      lines.append(
        "uniform   \(setting): \(Output.bytes(uniform.bytes))  "
          + Self.quality(uniform.plan?.top1, uniform.agreement, uniform.cosine))
    }
    for point in result.front {
      lines.append(
        "front     \(Output.bytes(point.bytes))  "
          + Self.quality(point.top1, point.agreement, point.cosine))
    }
    for notice in result.notices { lines.append("note      \(notice)") }
    lines.append("wrote     \(output)")
    return lines.joined(separator: "\n")
  }

  private static func quality(_ top1: Double?, _ agreement: Double?, _ cosine: Double?) -> String {
    if let top1 { return "top-1 \(Output.percent(top1))" }
    if let agreement { return "agreement \(Output.percent(agreement))" }
    return cosine.map { String(format: "cosine %.6f", $0) } ?? "-"
  }
}
