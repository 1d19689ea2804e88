import Datasets
import Foundation
import ModelCompression
import Tensors

/// Finds plans: a multiple-choice knapsack over measured curves, then measured exchanges.
///
/// A search works on images of its own and reports on the others (``SampleSplit``). It runs beside
/// the engine's evaluations; its result depends on model, data, search and seed, not on the number of
/// workers or on time. Cancelling the task ends it with `CancellationError`; the last progress then
/// holds the best plan so far.
///
/// ```swift
/// let search = PlanSearch(goal: .maxSize(bytes: 270_000))
/// let result = try await PlanSearcher(engine: engine).run(search) { print($0.phase, $0.bytes) }
/// ```
public struct PlanSearcher: Sendable {
  private let engine: PreviewEngine

  /// Makes a searcher over the engine's model and data.
  public init(engine: PreviewEngine) { self.engine = engine }

  /// Searches.
  ///
  /// - Parameters:
  ///   - search: What to look for.
  ///   - progress: Told of the best plan so far, from any thread, one call at a time and in order.
  /// - Returns: The best plan found, measured on images that it was not chosen by.
  /// - Throws: ``EngineError`` when the goal can't be reached, or the search does not fit the model;
  ///   `CancellationError`.
  public func run(
    _ search: PlanSearch, progress: (@Sendable (SearchProgress) -> Void)? = nil
  ) async throws -> SearchResult {
    try await SearchSession(engine: engine, search: search, progress: progress).run()
  }
}
