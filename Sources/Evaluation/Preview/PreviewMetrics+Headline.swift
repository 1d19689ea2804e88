/// The one figure that a plan is judged by, whatever the task.
extension PreviewMetrics {
  /// The task's own headline, or top-1, or without labels agreement with the original's classes, or where
  /// outputs are no class scores their cosine with the original's.
  public var headline: TaskFigure {
    if let task { return task.headline }
    if let baseline, let plan {
      return TaskFigure(
        "top-1", key: "top1", baseline: baseline.top1, plan: plan.top1, format: .percent)
    }
    if let agreement {
      return TaskFigure(
        "agreement", key: "agreement", baseline: nil, plan: agreement, format: .percent)
    }
    return TaskFigure(
      "cosine", key: "cosine", baseline: nil, plan: cosine, format: .decimal(places: 4))
  }

  /// The paired difference of ``headline``; nil where the original has no value of its own.
  public var headlineDifference: TaskResult.Difference? {
    if let task { return task.difference }
    return delta.map {
      TaskResult.Difference($0.top1, interval95: $0.interval95, method: "paired counts")
    }
  }

  /// Points lost of ``headline``: what the goal of a largest drop is about.
  public var drop: Double {
    // The paired difference, which is that of the same samples.
    if task == nil, let delta { return -100 * delta.top1 }
    return headline.drop
  }
}
