import Datasets
import Execution
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// Finds the ranges of activations by running a float graph on calibration data.
///
/// The data goes by twice: first for the smallest and the largest number of each value, then, where a
/// range finder needs them, for histograms between these. Memory holds one batch of activations for each
/// worker and the histograms, however much data there is. Samples are counted, never added up in floats,
/// so that the number of workers makes no difference.
public struct ActivationCalibration: Sendable {
  private let graph: NetworkGraph
  private let data: EvaluationData
  private let samples: [Int]
  private let weights: [String: Tensor]

  /// Nothing is run yet.
  ///
  /// - Parameters:
  ///   - graph: The float graph that ``ActivationQuantizer`` is applied to.
  ///   - data: The calibration data; labels are not looked at.
  ///   - samples: The items of the data that are used.
  ///   - weights: Tensors in place of the graph's constants of the same name.
  public init(
    graph: NetworkGraph, data: EvaluationData, samples: [Int], weights: [String: Tensor] = [:]
  ) {
    self.graph = graph
    self.data = data
    self.samples = samples
    self.weights = weights
  }

  /// The ranges that static sites need, by the name of their source.
  ///
  /// - Parameters:
  ///   - sites: What ``ActivationQuantizer/sites(in:settings:)`` gave for the graph.
  ///   - pool: The workers.
  ///   - isCancelled: Asked between nodes.
  /// - Throws: ``EngineError`` when the data does not fit the graph, is empty, or gives numbers that are
  ///   not finite; `CancellationError`.
  public func ranges(
    of sites: [ActivationSite], pool: WorkerPool,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) async throws -> [String: ValueRange] {
    // Sites of one source share its codes, and the first decides them.
    var settings: [String: ActivationQuantization] = [:]
    for site in sites where site.setting.mode == .static && settings[site.source] == nil {
      settings[site.source] = site.setting
    }
    guard !settings.isEmpty else { return [:] }
    guard !samples.isEmpty else {
      throw EngineError(
        .invalidData, problem: "there is no calibration data",
        remedy: "Give it with --calibration, or choose dynamic activations")
    }
    let extremes = try await collect(
      Set(settings.keys), pool: pool, isCancelled: isCancelled,
      start: { _ in ActivationExtremes() }, add: { try $0.add($1) }, merge: { $0.merge($1) })
    let counted = Set(settings.filter { $0.value.needsHistogram }.keys)
    let counts = try await collect(
      counted, pool: pool, isCancelled: isCancelled,
      start: { ActivationCounts(extremes[$0] ?? ActivationExtremes()) },
      add: { $0.add($1) }, merge: { $0.merge($1) })
    var ranges = extremes.mapValues(\.range)
    for (name, count) in counts {
      if let setting = settings[name] { ranges[name] = try count.range(for: setting) }
    }
    return ranges
  }

  /// Runs all samples and gathers something about the values named.
  private func collect<Statistic: Sendable>(
    _ names: Set<String>, pool: WorkerPool, isCancelled: @escaping @Sendable () -> Bool,
    start: @Sendable (String) -> Statistic,
    add: @escaping @Sendable (inout Statistic, Tensor) throws -> Void,
    merge: @escaping @Sendable (inout Statistic, Statistic) -> Void
  ) async throws -> [String: Statistic] {
    guard !names.isEmpty else { return [:] }
    let empty = Dictionary(uniqueKeysWithValues: names.map { ($0, start($0)) })
    let observer = try ActivationObserver(
      graph: graph, data: data, samples: samples, weights: weights, names: names)
    let total = Mutex(empty)
    try await pool.forEach(observer.runs.count, isCancelled: isCancelled) { index in
      var part = empty
      for (name, tensor) in try observer.values(ofRun: index, isCancelled: isCancelled) {
        try part[name].map { statistic in
          var statistic = statistic
          do { try add(&statistic, tensor) } catch let error as EngineError {
            throw error.about("value '\(name)'")
          }
          part[name] = statistic
        }
      }
      total.withLock { total in
        for (name, statistic) in part {
          if var sum = total[name] {
            merge(&sum, statistic)
            total[name] = sum
          }
        }
      }
    }
    return total.withLock { $0 }
  }
}
