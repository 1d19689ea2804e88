import Execution
import Synchronization

/// One evaluation of one plan: as a draft, settled, or exact.
struct Measurement: Sendable {
  let pool: WorkerPool
  let plan: PlanRun
  let untouched: PlanRun
  let flag: CancellationFlag
  let start = ContinuousClock.now
  let report: (@Sendable (PreviewMetrics) -> Void)?
  /// Whether less sure results are told on the way.
  var isStaged = false

  /// Seconds since the start.
  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// Measures every sample, in preview order.
  ///
  /// - Parameters:
  ///   - reports: Whether results are told as they come.
  ///   - survey: Told what the original network says.
  func measure(
    _ runner: BatchRunner, reports: Bool = true, survey: BaselineSurvey? = nil
  ) async throws -> PreviewMetrics {
    let (plan, untouched, flag) = (plan, untouched, flag)
    let tally = OrderedProgress(
      measure: runner.measure, total: runner.batches.order.count, start: start,
      precision: runner.isDraft ? .draft : .exact, report: reports ? report : nil)
    let isCancelled: @Sendable () -> Bool = { flag.isCancelled }
    try await pool.forEach(runner.batches.indices.count, isCancelled: isCancelled) { batch in
      let outcomes = try runner.outcomes(
        batch: batch, plan: plan, baseline: untouched, isCancelled: isCancelled)
      tally.add(outcomes, batch: batch)
      if let survey, survey.add(outcomes, batch: batch) { runner.reorderBaseline(survey) }
    }
    guard !flag.isCancelled else { throw CancellationError() }
    // On a worker: intervals of tasks take a while, and those belong on no thread of the cooperative pool.
    let result = Mutex<PreviewMetrics?>(nil)
    try await pool.forEach(1, isCancelled: isCancelled) { _ in
      let metrics = tally.metrics(isCancelled: isCancelled)
      result.withLock { $0 = metrics }
    }
    guard !flag.isCancelled, let metrics = result.withLock({ $0 }) else {
      throw CancellationError()
    }
    return metrics
  }

  /// The verdicts of 32-bit floats on samples that were drafted, most of them the draft's own; how, and
  /// how sure, ``Settling`` says.
  ///
  /// - Parameters:
  ///   - drafts: What the draft says of the first samples of the runner's order, in whole batches.
  ///   - run: What was drafted.
  ///   - runner: Runs in 32-bit floats.
  /// - Returns: Also the largest difference seen between a logit of the draft and of 32-bit floats.
  func settle(
    _ drafts: [DraftSample], of run: PlanRun, on runner: BatchRunner
  ) async throws -> (verdicts: [ClassVerdict], difference: Float) {
    var settling = Settling(margins: drafts.map(\.margin))
    var verdicts = drafts.map(\.verdict)
    while true {
      let groups = settling.nextGroups(of: runner.batches.rerunSize)
      if groups.isEmpty { return (verdicts, settling.largestDifference) }
      let checked = try await rerun(groups, drafts, run, runner)
      var doubtful = Set<Int>()
      for sample in checked {
        settling.note(difference: sample.difference)
        verdicts[sample.index] = sample.verdict
        if sample.isDoubtful { doubtful.insert(sample.index / runner.batches.size) }
      }
      for sample in try await rerunBatches(doubtful.sorted(), drafts, run, runner) {
        settling.note(difference: sample.difference)
        _ = settling.take(sample.index)
        verdicts[sample.index] = sample.verdict
      }
    }
  }

  /// A sample measured again in 32-bit floats.
  private struct Checked: Sendable {
    var index: Int
    var verdict: ClassVerdict
    /// The largest difference between its logits and the draft's.
    var difference: Float
    /// Whether its verdict could be another one in a batch of another size.
    var isDoubtful: Bool

    /// Margins up to this share of the largest logit are within what the order of 32-bit sums does.
    static let rounding: Float = 1e-4

    init(_ index: Int, _ scores: ClassScores, draft: DraftSample, label: Int?) {
      self.index = index
      verdict = scores.verdict(label: label)
      difference = draft.difference(from: scores)
      isDoubtful = !(scores.margin(label: label) > Self.rounding * scores.scale)
    }
  }

  private func rerun(
    _ groups: [[Int]], _ drafts: [DraftSample], _ run: PlanRun, _ runner: BatchRunner
  ) async throws -> [Checked] {
    try await collect(groups.count) { index, isCancelled in
      let group = groups[index]
      let scores = try runner.classScores(samples: group, run: run, isCancelled: isCancelled)
      return Self.checked(group, scores, drafts, runner)
    }
  }

  /// Runs whole batches as an exact evaluation does, for samples that are too close to call: their
  /// verdict is then the exact evaluation's by construction.
  private func rerunBatches(
    _ batches: [Int], _ drafts: [DraftSample], _ run: PlanRun, _ runner: BatchRunner
  ) async throws -> [Checked] {
    try await collect(batches.count) { index, isCancelled in
      let batch = batches[index]
      let scores = try runner.classScores(batch: batch, run: run, isCancelled: isCancelled)
      let first = batch * runner.batches.size
      return Self.checked(Array(first..<(first + scores.count)), scores, drafts, runner)
    }
  }

  private static func checked(
    _ samples: [Int], _ scores: [ClassScores], _ drafts: [DraftSample], _ runner: BatchRunner
  ) -> [Checked] {
    zip(samples, scores).map { sample, scores in
      Checked(
        sample, scores, draft: drafts[sample],
        label: runner.data.labels.map { $0[runner.batches.order[sample]] })
    }
  }

  /// Results of several pieces of work, in order of the pieces.
  private func collect<Result: Sendable>(
    _ count: Int,
    _ body: @escaping @Sendable (Int, @escaping @Sendable () -> Bool) throws -> [Result]
  ) async throws -> [Result] {
    let flag = flag
    let isCancelled: @Sendable () -> Bool = { flag.isCancelled }
    let results = Mutex([[Result]](repeating: [], count: count))
    try await pool.forEach(count, isCancelled: isCancelled) { index in
      let result = try body(index, isCancelled)
      results.withLock { $0[index] = result }
    }
    guard !flag.isCancelled else { throw CancellationError() }
    return results.withLock { $0.flatMap { $0 } }
  }
}
