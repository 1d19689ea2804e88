import Evaluation
import Foundation

/// A sensitivity table in lines for people: a layer a line, a setting a column.
struct SensitivityText {
  private let report: SensitivityReport

  init(_ report: SensitivityReport) { self.report = report }

  /// Changes of top-1 in points; shares of unchanged classes, or cosines, where there are no labels.
  var text: String {
    let hasDelta = report.rows.contains { $0.delta != nil }
    let hasAgreement = report.rows.contains { $0.agreement != nil }
    let width = max(report.settings.map(\.count).max() ?? 0, 7) + 1
    let nameWidth = max(report.layers.map(\.name.count).max() ?? 0, 5)
    var lines = [headline(hasDelta: hasDelta, hasAgreement: hasAgreement)]
    lines.append(
      Self.left("layer", nameWidth)
        + report.settings.map { Self.right($0, width) }.joined())
    var cells: [String: SensitivityReport.Row] = [:]
    for row in report.rows { cells["\(row.layer)\t\(row.setting)"] = row }
    for layer in report.layers {
      let values = report.settings.map { setting -> String in
        guard let row = cells["\(layer.name)\t\(setting)"] else { return "" }
        return figure(row, hasDelta: hasDelta, hasAgreement: hasAgreement)
      }
      lines.append(
        Self.left(layer.name, nameWidth) + values.map { Self.right($0, width) }.joined())
    }
    if stopsEarly, report.rows.contains(where: { $0.state == "decided" }) {
      lines.append("~ decided on some of the images, estimated for all")
    }
    lines += predictions(width: width, nameWidth: nameWidth)
    if !report.complete { lines.append("not complete: … was not measured, + on some images only") }
    lines.append(String(format: "%d cells in %.2f s", report.rows.count, report.seconds))
    return lines.joined(separator: "\n")
  }

  /// What the Fisher information predicts, under the measured table.
  private func predictions(width: Int, nameWidth: Int) -> [String] {
    guard let fisher = report.fisher else { return [] }
    var lines = [
      "", "growth of the loss predicted by the Fisher information, nats, \(fisher.samples) samples",
      Self.left("layer", nameWidth) + report.settings.map { Self.right($0, width) }.joined(),
    ]
    for layer in report.layers {
      let values = report.rows.filter { $0.layer == layer.name }.map { row in
        Self.right(row.fisher.map { String(format: "%.3g", $0) } ?? "", width)
      }
      lines.append(Self.left(layer.name, nameWidth) + values.joined())
    }
    func text(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "-" }
    var told = "rank correlation with the measured harm \(text(fisher.rankCorrelation))"
    if fisher.lossRankCorrelation != nil {
      told += ", with the measured growth of the loss \(text(fisher.lossRankCorrelation))"
    }
    lines.append(told + String(format: "; predicted in %.2f s", fisher.seconds))
    lines.append("")
    return lines
  }

  private func headline(hasDelta: Bool, hasAgreement: Bool) -> String {
    let task = report.rows.lazy.compactMap(\.headline).first
    let what =
      task.map { "points of \($0.name) lost" }
      ?? (hasDelta
        ? "change of top-1 in points"
        : hasAgreement ? "images with the original's class, %" : "cosine of the outputs")
    let how =
      report.direction == "alone" ? "each layer alone" : "all layers but this one"
    let original =
      report.baseline.map { String(format: ", original %.1f %%", $0.top1 * 100) }
      ?? task?.baselineText.map { ", original \($0)" } ?? ""
    return "\(what), \(how), \(report.images) images\(original), \(report.precision)"
      + (stopsEarly ? ", early stop" : "")
  }

  private var stopsEarly: Bool { report.scan?.stopsEarly ?? false }

  private func figure(
    _ row: SensitivityReport.Row, hasDelta: Bool, hasAgreement: Bool
  ) -> String {
    let mark = row.state == "decided" && stopsEarly ? "~" : row.state == "partial" ? "+" : ""
    let number: String? =
      if let headline = row.headline {
        headline.drop.map { String(format: "%+.2f", $0) } ?? "-"
      } else if report.rows.contains(where: { $0.headline != nil }) {
        nil
      } else if hasDelta {
        row.delta.map { String(format: "%+.1f", $0 * 100) }
      } else if hasAgreement {
        row.agreement.map { String(format: "%.1f", $0 * 100) }
      } else {
        row.cosine.map { String(format: "%.4f", $0) }
      }
    return number.map { mark + $0 } ?? "…"
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}
