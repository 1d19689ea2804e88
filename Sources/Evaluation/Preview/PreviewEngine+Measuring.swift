import Datasets
import ModelCompression

extension EvaluationData {
  /// Whether outputs may be class scores; whether they are is known once a batch was run.
  var mayHaveClasses: Bool {
    partCount == 1 && (task == .classification || task == .agreement)
  }
}

extension PreviewEngine {
  /// Works up from the surest result that is known to the one that is wanted.
  func measure(
    _ measurement: Measurement, on runner: BatchRunner, as plan: PlanIdentity,
    goal: MeasuredPrecision
  ) async throws -> PreviewMetrics {
    guard !measurement.flag.isCancelled else { throw CancellationError() }
    let best = memo.best(for: plan)
    if let best { measurement.report?(best) }
    let mayHaveClasses = survey.hasClasses ?? runner.data.mayHaveClasses
    if mayHaveClasses, goal != .exact { try await measurement.survey(survey, on: runner) }
    if let order = survey.order {
      return try await measureByMargin(measurement, order, runner, as: plan, goal: goal)
    }
    // Nothing to order by, or not yet: then the first exact evaluation finds it, and its results on
    // the way are those of samples in no order.
    let isDrafted = goal == .draft || (measurement.isStaged && best == nil)
    if !mayHaveClasses || survey.hasClasses == false, isDrafted,
      let drafting = try await draftRunner(beside: runner)
    {
      let draft = remember(try await measurement.measure(drafting), plan)
      if goal == .draft { return draft }
      measurement.report?(draft)
    }
    let hasReported = memo.best(for: plan) != nil
    return remember(
      try await measurement.measure(runner, reports: !hasReported, survey: survey), plan)
  }

  /// A draft, what settles it, and the exact result are each the beginning of the next.
  private func measureByMargin(
    _ measurement: Measurement, _ order: MarginOrder, _ preview: BatchRunner,
    as plan: PlanIdentity, goal: MeasuredPrecision
  ) async throws -> PreviewMetrics {
    let (runner, draft) = try await runners(preview)
    let run = MarginRun(order: order)
    let drafted = draft.map { _ in MarginRun(order: order) } ?? run
    var best = memo.best(for: plan)?.precision
    // Results to come replace none that is on the screen.
    var progress: (@Sendable (MarginRule) -> Void)? {
      best == nil ? measurement.progress(order) : nil
    }
    if best == nil, goal == .draft || measurement.isStaged {
      try await measurement.drive(
        drafted, under: MarginRule(.early, order: order), on: draft ?? runner,
        reports: progress)
      let estimate = MarginEstimate(order: order, rule: drafted.rule)
      let metrics = estimate.metrics(seconds: measurement.seconds, precision: .draft)
      best = remember(metrics, plan).precision
      if goal == .draft { return metrics }
      measurement.report?(metrics)
    }
    if (best ?? .draft) < .settled, goal == .settled || measurement.isStaged {
      let metrics = try await measurement.settleByMargin(
        drafted, exact: runner, draft: draft, reports: progress)
      best = remember(metrics, plan).precision
      if goal == .settled { return metrics }
      measurement.report?(metrics)
    }
    try await measurement.drive(
      run, under: MarginRule(.everything, order: order), on: runner, reports: progress)
    let estimate = MarginEstimate(order: order, rule: run.rule)
    return remember(estimate.exact(seconds: measurement.seconds), plan)
  }

  /// What runs drafts of what `runner` runs; there are none of other networks than the original.
  func draftRunner(beside runner: BatchRunner) async throws -> BatchRunner? {
    runner.network == 0 ? try await draftRunner() : nil
  }

  /// What runs batches, ordered by margin where they are known, in 32-bit floats and as drafts.
  func runners(
    _ preview: BatchRunner
  ) async throws -> (exact: BatchRunner, draft: BatchRunner?) {
    guard let order = survey.order else {
      return (preview, try await draftRunner(beside: preview))
    }
    let draft = draftChoice.isFarFaster ? try await draftRunner(beside: preview) : nil
    return (preview.byMargin(order.batches), draft?.byMargin(order.batches))
  }

  private func remember(
    _ metrics: PreviewMetrics, _ plan: PlanIdentity
  ) -> PreviewMetrics {
    memo.add(metrics, for: plan)
    return metrics
  }
}
