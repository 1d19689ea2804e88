import Foundation
import ModelCompression
import Tensors

/// The report: what was found, measured on images that nothing was chosen by.
extension SearchSession {
  /// The result of the search.
  func result(uniform: SearchCandidate?) async throws -> SearchResult {
    guard let best else {
      throw EngineError(
        .invalidArgument, subject: "goal", problem: "no plan was found",
        remedy: "Ask for more bytes")
    }
    renewFront()
    let points = Self.thinned(front, keeping: best.plan)
    let total = Double(points.count + 2)
    progress(.report, 0)
    let metrics = try await reported(best.plan)
    var found: SearchResult.Uniform?
    if let uniform, let place = uniform.choices.first {
      found = SearchResult.Uniform(
        setting: SearchSpace.setting(space.items[0].choices[place].setting, base: LayerSetting()),
        plan: uniform.plan, bytes: uniform.bytes, metrics: try await reported(uniform.plan))
    }
    var measuredFront: [FrontPoint] = []
    for (index, point) in points.enumerated() {
      let metrics = try await reported(point.plan)
      measuredFront.append(
        FrontPoint(bytes: point.bytes, metrics: metrics, harm: point.harm, plan: point.plan))
      progress(.report, Double(index + 2) / total)
    }
    return SearchResult(
      plan: best.plan, bytes: best.bytes, metrics: metrics,
      searchMetrics: best.measurement.metrics, searchImages: meter.count,
      reportImages: reportMeter.count, evaluations: evaluations, seconds: seconds,
      front: measuredFront, uniform: found, notices: space.notices + notices(metrics))
  }

  private func reported(_ plan: CompressionPlan) async throws -> PreviewMetrics {
    evaluations += 1
    return try await reportMeter.measure(
      try await engine.compress(plan), isFinal: true
    ).metrics
  }

  private func notices(_ metrics: PreviewMetrics) -> [String] {
    guard case .maxDrop(let points) = search.goal else { return [] }
    let drop = metrics.drop
    guard drop > points else { return [] }
    return [
      String(
        format: "on the images set aside the drop is %.2f points, above the %.2f asked for",
        drop, points)
    ]
  }

  /// At most 24 points, spread over the sizes, the best plan's among them.
  private static func thinned(
    _ front: [FrontPoint], keeping plan: CompressionPlan
  ) -> [FrontPoint] {
    var result = front
    while result.count > 24 {
      let gaps = (1..<result.count - 1).filter { result[$0].plan != plan }.map { index in
        (index, Double(result[index + 1].bytes) / Double(max(result[index - 1].bytes, 1)))
      }
      guard let narrowest = gaps.min(by: { $0.1 < $1.1 }) else { break }
      result.remove(at: narrowest.0)
    }
    return result
  }
}
