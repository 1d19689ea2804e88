import Datasets
import Foundation
import ModelCompression
import Tensors

/// One search: what it knows so far, and how it measures.
///
/// The steps are in extensions.
final class SearchSession {
  let engine: PreviewEngine
  let search: PlanSearch
  let meter: PlanMeter
  let reportMeter: PlanMeter
  var space: SearchSpace
  /// Every plan measured on the search images, by its choices.
  private(set) var measured: [[Int]: SearchCandidate] = [:]
  /// Plans measured on either set, single layers included.
  var evaluations = 0
  /// The best plan so far, with its choices.
  private(set) var best: SearchCandidate?
  private(set) var front: [FrontPoint] = []

  private let report: (@Sendable (SearchProgress) -> Void)?
  private var phase = SearchProgress.Phase.weights
  private var phaseDone = 0.0
  /// The best plan before anything is measured.
  private var unmeasured: (plan: CompressionPlan, bytes: Int)
  private let start = ContinuousClock.now

  /// The share of a search that each phase takes, about.
  private static let shares: [(phase: SearchProgress.Phase, share: Double)] = [
    (.weights, 0.05), (.curves, 0.45), (.front, 0.1), (.passes, 0.35), (.report, 0.05),
  ]

  init(
    engine: PreviewEngine, search: PlanSearch, progress: (@Sendable (SearchProgress) -> Void)?
  ) async throws {
    guard let runner = engine.runner else {
      _ = try engine.model.runnableGraph()
      throw EngineError(
        .invalidData, problem: "there is no evaluation data", remedy: "Give it with --data")
    }
    let settings = try engine.planCompressor.resolver.resolve(search.start).settings
    guard PlanSteps(search.start) == nil, settings.allSatisfy({ $0.activations == nil }) else {
      throw EngineError(
        .unsupported, subject: "search",
        problem: "plans are searched in the network as it was opened",
        remedy:
          "Remove 'finetuned', 'equalize', 'channels', 'repair' and 'activations' from the plan, and add them "
          + "to what is found")
    }
    let split = try SampleSplit(
      runner.data, reportImages: search.reportImages, seed: search.seed)
    self.engine = engine
    self.search = search
    report = progress
    unmeasured = (search.start, engine.model.fileBytes)
    meter = PlanMeter(
      engine: engine, runner: runner, samples: split.search, budget: engine.memory.activations / 2)
    reportMeter = PlanMeter(
      engine: engine, runner: runner, samples: split.report, budget: engine.memory.activations / 8)
    let start = (plan: search.start, bytes: engine.model.fileBytes)
    space = try await SearchSpace.build(
      search, model: engine.model, compressor: engine.planCompressor, pool: engine.pool
    ) { done in
      progress?(
        SearchProgress(
          phase: .weights, evaluations: 0, fraction: done * 0.05, best: start.plan,
          bytes: start.bytes, metrics: nil, harm: nil, front: []))
    }
  }

  /// Seconds since the start.
  var seconds: Double {
    let parts = (ContinuousClock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  /// The whole search.
  func run() async throws -> SearchResult {
    let limit = try costLimit()
    let base = try await measure(space.untouched)
    if let limit, let choices = choices(within: limit) {
      unmeasured = (plan(choices), space.bytes(choices))
    } else {
      try checkDrop(of: base)
      offer(base)
    }
    try await measureCurves(limit: limit)
    try await measureFront(limit: limit)
    var uniform: SearchCandidate?
    if let limit {
      uniform = try await bestUniform(within: limit)
      try await improve(within: limit)
    } else {
      try await tighten()
      if let best { uniform = try await bestUniform(within: best.cost) }
    }
    return try await result(uniform: uniform)
  }

  /// The plan of one choice for each item.
  func plan(_ choices: [Int]) -> CompressionPlan {
    var plan = search.start
    for (layer, setting) in space.settings(choices).sorted(by: { $0.key < $1.key }) {
      plan.set(setting, forLayer: engine.model.layers[layer].name)
    }
    for name in search.pinned where !plan.pinned.contains(name) { plan.pinned.append(name) }
    return plan
  }

  /// Measures choices on the search images, or recalls them.
  ///
  /// - Parameter item: The item whose neighbours are measured next: activations in front of it are
  ///   kept.
  func measure(_ choices: [Int], around item: Int? = nil) async throws -> SearchCandidate {
    if let known = measured[choices] { return known }
    let plan = plan(choices)
    let compressed = try await engine.compress(plan)
    let measurement = try await meter.measure(compressed, focus: item.flatMap(firstLayer))
    evaluations += 1
    let candidate = SearchCandidate(
      choices: choices, plan: plan, bytes: space.bytes(choices), cost: space.cost(choices),
      measurement: measurement)
    measured[choices] = candidate
    return candidate
  }

  /// The layer of an item that runs first.
  func firstLayer(_ item: Int) -> String? {
    space.items[item].layers.map { engine.model.layers[$0] }
      .min { ($0.nodes.first ?? 0) < ($1.nodes.first ?? 0) }?.name
  }

  /// Takes a measured plan as the best so far.
  func offer(_ candidate: SearchCandidate) {
    best = candidate
    tell()
  }

  /// Takes a plan whose weights alone are known as the best so far, until one is measured.
  func propose(_ choices: [Int]) {
    unmeasured = (plan(choices), space.bytes(choices))
    tell()
  }

  /// Renews the front from everything measured.
  func renewFront() { front = SearchCandidate.front(of: measured.values) }

  /// Notes how far the search has come and tells of it.
  func progress(_ phase: SearchProgress.Phase, _ done: Double) {
    self.phase = phase
    phaseDone = min(max(done, 0), 1)
    tell()
  }

  private func tell() {
    guard let report else { return }
    var fraction = 0.0
    for (phase, share) in Self.shares {
      if phase == self.phase {
        fraction += share * phaseDone
        break
      }
      fraction += share
    }
    report(
      SearchProgress(
        phase: phase, evaluations: evaluations, fraction: fraction,
        best: best?.plan ?? unmeasured.plan, bytes: best?.bytes ?? unmeasured.bytes,
        metrics: best?.measurement.metrics, harm: best?.harm, front: front))
  }
}
