import Evaluation

/// A task's own figures in the content of `evaluate`.
struct TaskReport: Encodable {
  struct Values: Encodable {
    var baseline: Double?
    var plan: Double?
  }

  struct Delta: Encodable {
    var value: Double
    var interval95: [Double]?
    var method: String
  }

  var name: String
  var samples: Int
  var unit: String
  /// The key of the figure that the task is judged by.
  var headline: String
  var figures: [String: Values]
  var delta: Delta?
  var notes: [String]

  private let result: TaskResult
  private let hasPlan: Bool

  private enum CodingKeys: CodingKey {
    case name, samples, unit, headline, figures, delta, notes
  }

  /// The figures; those of the original only where there is no plan.
  init(_ result: TaskResult, hasPlan: Bool) {
    self.result = result
    self.hasPlan = hasPlan
    name = result.task.rawValue
    samples = result.samples
    unit = result.unit
    headline = result.headline.key
    figures = [:]
    for figure in [result.headline] + result.figures {
      figures[figure.key] = Values(
        baseline: figure.baseline, plan: hasPlan ? figure.plan : nil)
    }
    delta =
      hasPlan
      ? result.difference.map { difference in
        Delta(
          value: difference.value,
          interval95: difference.interval95.map { [$0.lowerBound, $0.upperBound] },
          method: difference.method)
      } : nil
    notes = result.notes
  }

  /// The figures in lines for people.
  ///
  /// - Parameter mark: What stands before figures that are estimated.
  func lines(mark: String) -> [String] {
    let all = [result.headline] + result.figures
    func line(_ label: String, _ value: (TaskFigure) -> Double?) -> String {
      label + all.map { "  \($0.name) \(mark)\($0.text(value($0)))" }.joined()
    }
    var lines: [String] = []
    if all.contains(where: { $0.baseline != nil }) { lines.append(line("original", \.baseline)) }
    guard hasPlan else { return lines + notes.map { "note      \($0)" } }
    lines.append(line("plan    ", \.plan))
    if let difference = result.difference {
      lines.append(
        "delta     \(mark)\(result.headline.text(difference)) of \(result.headline.name)"
          + (difference.interval95 == nil ? "" : ", 95 %, \(difference.method)"))
    }
    return lines + notes.map { "note      \($0)" }
  }
}
