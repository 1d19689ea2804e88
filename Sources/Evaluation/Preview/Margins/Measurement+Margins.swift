import Execution

extension Measurement {
  /// Notes what the original network says of the samples that nothing is known of yet; what is found
  /// stays known when this is stopped.
  func survey(_ survey: BaselineSurvey, on runner: BatchRunner) async throws {
    let (untouched, flag) = (untouched, flag)
    let missing = survey.missing
    let isCancelled: @Sendable () -> Bool = { flag.isCancelled }
    try await pool.forEach(missing.count, isCancelled: isCancelled) { index in
      let batch = missing[index]
      // The first batch told that there are no classes.
      if survey.hasClasses == false { return }
      let outcomes = try runner.outcomes(
        batch: batch, plan: untouched, baseline: untouched, isCancelled: isCancelled)
      if survey.add(outcomes, batch: batch) { runner.reorderBaseline(survey) }
    }
    guard !flag.isCancelled else { throw CancellationError() }
  }

  /// Runs batches in order of margin until a rule has enough.
  ///
  /// - Parameter reports: Told of the rule now and then while it is under way.
  func drive(
    _ run: MarginRun, under rule: MarginRule, on runner: BatchRunner,
    reports: (@Sendable (MarginRule) -> Void)? = nil
  ) async throws {
    let (plan, untouched, flag) = (plan, untouched, flag)
    run.begin(rule)
    while !run.isOver {
      run.beginRound()
      let isCancelled: @Sendable () -> Bool = { flag.isCancelled }
      try await pool.forEach(pool.threads, isCancelled: isCancelled) { _ in
        while !flag.isCancelled, let batch = run.take() {
          do {
            let outcomes = try runner.outcomes(
              batch: batch, plan: plan, baseline: untouched,
              isCancelled: { flag.isCancelled || run.isOver })
            if let rule = run.add(outcomes, batch: batch) { reports?(rule) }
          } catch is CancellationError where run.isOver && !flag.isCancelled {
            // It had been begun on a guess.
            return
          }
        }
      }
      guard !flag.isCancelled else { throw CancellationError() }
    }
  }

  /// Reports what a rule under way says of all samples: a draft, however sure the end will be.
  func progress(_ order: MarginOrder) -> (@Sendable (MarginRule) -> Void)? {
    guard let report else { return nil }
    let start = start
    return { rule in
      report(
        MarginEstimate(order: order, rule: rule).metrics(
          seconds: (ContinuousClock.now - start) / .seconds(1), precision: .draft))
    }
  }

  /// A result with the counts of 32-bit floats.
  ///
  /// Drafts are settled first by ``settle(_:of:on:)``, and how far they were off is allowed for in
  /// where the rule ends: by eight times the largest difference, since plan and original may each be
  /// off by it at both of two classes, and twice what would do is asked for.
  ///
  /// - Parameters:
  ///   - exact: Runs in 32-bit floats.
  ///   - draft: Runs drafts, of the same batches; nil to run all in 32-bit floats.
  func settleByMargin(
    _ run: MarginRun, exact: BatchRunner, draft: BatchRunner?,
    reports: (@Sendable (MarginRule) -> Void)?
  ) async throws -> PreviewMetrics {
    var rule = MarginRule(.settled, order: run.order)
    while true {
      try await drive(run, under: rule, on: draft ?? exact, reports: reports)
      let estimate = MarginEstimate(order: run.order, rule: run.rule)
      let metrics = estimate.metrics(seconds: seconds, precision: .settled)
      guard draft != nil else { return estimate.settled(metrics, verdicts: estimate.verdicts) }
      let (verdicts, difference) = try await settle(estimate.drafts, of: plan, on: exact)
      let count = run.rule.taken.count
      rule = MarginRule(.settled, order: run.order, slack: 8 * difference)
      run.begin(rule)
      if run.isOver, run.rule.taken.count == count {
        var settled = estimate.settled(metrics, verdicts: verdicts)
        settled.seconds = seconds
        return settled
      }
    }
  }
}
