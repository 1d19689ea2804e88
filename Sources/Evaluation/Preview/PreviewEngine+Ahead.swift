import ModelCompression

extension PreviewEngine {
  /// Keeps the inputs of a layer under a plan, so that its first edit starts there; stopped by the
  /// next evaluation.
  ///
  /// - Parameters:
  ///   - compressed: The plan; nil is the original network.
  ///   - focus: The layer that may be edited next.
  /// - Throws: `CancellationError` when stopped; ``EngineError``.
  public func prepare(_ compressed: CompressedPlan?, focus: String) async throws {
    let preview = try compressed?.executed?.runner ?? requireRunner()
    let flag = beginAhead()
    let run = run(compressed, focus: focus)
    let measurement = Measurement(
      pool: pool, plan: run, untouched: planner.run(nil, focus: nil), flag: flag, report: nil)
    // What the last evaluation used may go for what the next one will.
    cache.beginEvaluation()
    try await withTaskCancellationHandler {
      try await measurement.survey(survey, on: preview)
      let (runner, draft) = try await runners(preview)
      // Drafts first: they answer the next key.
      for runner in [draft, runner].compactMap({ $0 }) {
        let isFull = CancellationFlag()
        let isCancelled: @Sendable () -> Bool = { flag.isCancelled }
        try await pool.forEach(runner.batches.indices.count, isCancelled: isCancelled) { batch in
          if isFull.isCancelled { return }
          let isKept = try runner.prepare(batch, run: run, isCancelled: isCancelled)
          if !isKept { isFull.cancel() }
        }
      }
    } onCancel: {
      flag.cancel()
    }
  }

  /// Measures plans that the next key may lead to, so that it finds its number there; stopped by the
  /// next evaluation.
  ///
  /// Nothing is reported of them: an ``evaluate(_:focus:precision:progress:)`` of the same settings
  /// tells the result at once.
  ///
  /// - Parameters:
  ///   - plans: The plans, likeliest first.
  ///   - focus: The layer that they change.
  ///   - precision: How sure the results are to be; with `auto` their counts are settled.
  ///   - progress: Told how many of the plans are measured.
  /// - Throws: `CancellationError` when stopped; ``EngineError``.
  public func speculate(
    on plans: [CompressionPlan], focus: String? = nil, precision: EvaluationPrecision = .auto,
    progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) async throws {
    let runner = try requireRunner()
    let flag = beginAhead()
    let goal: MeasuredPrecision = precision == .auto ? .settled : precision.goal
    try await withTaskCancellationHandler {
      for (index, plan) in plans.enumerated() {
        let compressed = try await compress(plan)
        guard !flag.isCancelled else { throw CancellationError() }
        if (memo.best(for: compressed.identity)?.precision).map({ $0 < goal }) ?? true {
          let run = run(compressed, focus: focus)
          let measurement = Measurement(
            pool: pool, plan: run, untouched: planner.run(nil, focus: nil), flag: flag,
            report: nil)
          _ = try await measure(
            measurement, on: compressed.executed?.runner ?? runner, as: compressed.identity,
            goal: goal)
        }
        progress?(index + 1)
      }
    } onCancel: {
      flag.cancel()
    }
  }

  /// Stops earlier work ahead; what an evaluation under way uses stays where it is.
  private func beginAhead() -> CancellationFlag {
    background?.cancel()
    let flag = CancellationFlag()
    background = flag
    return flag
  }
}
