import ModelCompression

/// A plan that a search has measured.
struct SearchCandidate: Sendable {
  /// The choice of each item.
  var choices: [Int]
  /// The plan.
  var plan: CompressionPlan
  /// Exact stored bytes.
  var bytes: Int
  /// What counts against the limit.
  var cost: Int
  /// Measured on the search images.
  var measurement: PlanMeter.Measurement

  /// Mean harm.
  var harm: Double { measurement.harm }

  /// The candidate as a point of the front.
  var point: FrontPoint {
    FrontPoint(bytes: bytes, metrics: measurement.metrics, harm: harm, plan: plan)
  }

  /// The points that no other beats in both bytes and harm, by ascending bytes.
  static func front(of candidates: some Collection<SearchCandidate>) -> [FrontPoint] {
    var result: [FrontPoint] = []
    for candidate in candidates.sorted(by: { ($0.bytes, $0.harm) < ($1.bytes, $1.harm) })
    where candidate.harm < result.last?.harm ?? .infinity {
      result.append(candidate.point)
    }
    return result
  }
}

extension FrontPoint {
  /// A point with what was measured of its plan.
  init(bytes: Int, metrics: PreviewMetrics, harm: Double, plan: CompressionPlan) {
    self.init(
      bytes: bytes, top1: metrics.plan?.top1, agreement: metrics.agreement, cosine: metrics.cosine,
      headline: metrics.headline, harm: harm, images: metrics.images, plan: plan)
  }
}
