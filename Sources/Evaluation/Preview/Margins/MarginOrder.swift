/// The samples ordered by how easily their class changes: by their margin in the original network,
/// smallest first.
///
/// A sample's verdict changes only when the scores shift by more than its margin, so changes thin out
/// along the order. In front of it, the first batches are *probes*: samples spread evenly over all
/// margins, which tell what a plan does far from the edge.
///
/// The order follows from model, data and seed alone.
struct MarginOrder: Sendable {
  /// One batch in this many is a probe.
  private static let batchesToProbe = 40
  /// With fewer batches than this there are no probes.
  private static let fewBatches = 4

  /// The batches: probes, then by margin.
  let batches: SampleBatches
  /// The number of batches that are probes.
  let probes: Int
  /// The smallest margin of each batch; of probes it says nothing.
  let margins: [Float]
  /// What the original says of each sample, in this order.
  let samples: [BaselineSample]
  /// The place in preview order of each sample of this one.
  let places: [Int]

  /// Orders samples.
  ///
  /// - Parameters:
  ///   - samples: What the original says of each, in preview order.
  ///   - preview: The batches in preview order.
  init(samples: [BaselineSample], of preview: SampleBatches) {
    // Equal margins keep their order: the order of samples decides the figures.
    let sorted = samples.indices.sorted { (samples[$0].rank, $0) < (samples[$1].rank, $1) }
    let count = preview.indices.count
    probes = count < Self.fewBatches ? 0 : max(count / Self.batchesToProbe, 1)
    let probed = probes * preview.size
    let spread = (0..<probed).map { (2 * $0 + 1) * samples.count / (2 * max(probed, 1)) }
    let isProbe = Set(spread)
    let places =
      spread.map { sorted[$0] } + sorted.indices.filter { !isProbe.contains($0) }.map { sorted[$0] }
    let batches = SampleBatches(order: places.map { preview.order[$0] }, like: preview)
    self.batches = batches
    self.places = places
    let ordered = places.map { samples[$0] }
    self.samples = ordered
    margins = batches.indices.indices.map { ordered[$0 * batches.size].rank }
  }

  /// The number of batches.
  var count: Int { batches.indices.count }

  /// The places of a batch's samples among ``samples``.
  func range(_ batch: Int) -> Range<Int> {
    let start = batch * batches.size
    return start..<(start + batches.indices[batch].count)
  }

  /// Values given in this order, in preview order.
  func inPreviewOrder<Value>(_ values: [Value]) -> [Value] {
    var source = [Int](repeating: 0, count: places.count)
    for (index, place) in places.enumerated() { source[place] = index }
    return source.map { values[$0] }
  }
}
