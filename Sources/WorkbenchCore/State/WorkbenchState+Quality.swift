import Evaluation

/// The figure that plans are judged by on the screen, whatever the task.
extension WorkbenchState {
  /// The figure as it was measured last; nil before anything was.
  private var headline: TaskFigure? { metrics?.value.headline }

  /// Its name: `top-1`, `Spearman`.
  var qualityName: String {
    if let headline { return headline.isHigherBetter ? headline.name : "1/\(headline.name)" }
    if data?.hasTask == true { return "quality" }
    return data?.hasLabels ?? true ? "top-1" : "agreement"
  }

  /// A plan's ``MeasuredPoint/quality`` as text; an error's is a share of the original's.
  func qualityText(_ quality: Double) -> String {
    guard let headline, headline.isHigherBetter, headline.format != .percent else {
      return "\(Figures.fixed(quality * 100, 1)) %"
    }
    return headline.text(quality)
  }

  /// The same without a unit, for an axis.
  func qualityTick(_ quality: Double) -> String {
    let text = qualityText(quality)
    return text.hasSuffix(" %") ? String(text.dropLast(2)) : text
  }

  /// What samples are called, in the plural: `images`, `pairs`.
  var sampleUnit: String { metrics?.value.task?.unit ?? "images" }
}
