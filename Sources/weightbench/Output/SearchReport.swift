import Evaluation
import Foundation

/// The content of `search`: that of `evaluate` on the report images, and how it was found.
struct SearchReport: Encodable {
  /// The figure that plans are judged by, whatever the task.
  struct Headline: Encodable {
    var name: String
    var plan: Double?
    private let figure: TaskFigure

    private enum CodingKeys: CodingKey {
      case name, plan
    }

    init(_ figure: TaskFigure) {
      name = figure.name
      plan = figure.plan
      self.figure = figure
    }

    /// Name and value: `top-1 91.5 %`.
    var text: String { "\(name) \(figure.text(plan))" }
  }

  struct Point: Encodable {
    var bytes: Int
    var top1: Double?
    var agreement: Double?
    var cosine: Double?
    var headline: Headline

    init(_ point: FrontPoint) {
      bytes = point.bytes
      top1 = point.top1
      agreement = point.agreement
      cosine = Output.finite(point.cosine)
      headline = Headline(point.headline)
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
    var headline: Headline

    init(_ metrics: PreviewMetrics, bytes: Int) {
      images = metrics.images
      self.bytes = bytes
      plan = metrics.plan.map(EvaluationReport.Accuracy.init)
      agreement = metrics.agreement
      divergence = metrics.divergence.flatMap(Output.finite)
      cosine = Output.finite(metrics.cosine)
      headline = Headline(metrics.headline)
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
          + uniform.headline.text)
    }
    for point in result.front {
      lines.append(
        "front     \(Output.bytes(point.bytes))  "
          + Headline(point.headline).text)
    }
    for notice in result.notices { lines.append("note      \(notice)") }
    lines.append("wrote     \(output)")
    return lines.joined(separator: "\n")
  }
}
