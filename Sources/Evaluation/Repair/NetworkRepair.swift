import Datasets
import Execution
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// Brings a compressed network nearer to the original without labels or training: bias correction, and
/// matching of the mean and variance of each channel (``RepairStep``).
///
/// The sites are gone through in graph order. At each, the value is measured over all calibration
/// samples in the compressed network with everything before it repaired, and compared with the same
/// value of the uncompressed network. What comes out depends on nothing behind a site, so that runs may
/// start from activations kept before it, as without repair.
final class NetworkRepair: Sendable {
  /// Bytes of values that a walk may hold: with more, fewer samples are used.
  ///
  /// A constant, not a share of the memory there is: results are the same on every machine.
  private static let valueBytes = 512 << 20
  /// Results that are kept.
  private static let limit = 12
  /// Samples of a batch.
  private static let batchSize = 16

  /// What repair changes.
  struct Result: Sendable {
    var plan: CompressionPlan
    var weights: [Int: CompressedWeights]
    var constants: [String: Tensor]
    var notices: [String]
  }

  let graph: NetworkGraph
  let sites: [RepairSites.Site]
  /// For each cut, the places of its sites.
  let sitesOfCut: [[Int]]
  /// Whether channels were removed, so that layers left alone are to be repaired too.
  let isSmaller: Bool
  private let segments: NetworkSegments
  private let reference: RepairReference?
  private let layerNames: [String]
  let data: EvaluationData
  private let batches: [[Int]]
  private let fixedSize: Int?
  /// What the user should know about the samples; nil for nothing.
  let sampleNotice: String?
  /// Samples that are used.
  let samples: Int
  private let originals = Mutex<[ChannelMoments?]?>(nil)
  private let results = Mutex<[(keys: [EffectiveSetting?], result: Result)]>([])

  /// - Parameters:
  ///   - graph: The network before its layers are compressed, with a bias of its own at each layer of
  ///     the sites.
  ///   - sites: Where it is repaired.
  ///   - reference: What it is brought back to when channels were removed; nil for itself.
  ///   - calibration: What it is measured on.
  /// - Throws: ``EngineError`` when the samples do not fit the network.
  init(
    graph: NetworkGraph, sites: RepairSites, reference: RepairReference? = nil,
    calibration: CalibrationSamples
  ) throws(EngineError) {
    self.graph = graph
    self.sites = sites.sites
    data = calibration.data
    sampleNotice = calibration.notice
    self.reference = reference
    isSmaller = reference != nil
    layerNames = sites.layers.map(\.name)
    let cuts = sites.cuts
    sitesOfCut = sites.sitesOfCut
    segments = NetworkSegments(graph, cuts: cuts)
    try data.check(against: graph.runtimeInputs)
    let costs = GraphCosts(
      graph: graph,
      inputs: try data.inputs(
        for: [0], graphInputs: graph.runtimeInputs))
    let widest = cuts.compactMap { costs?.liveBytes[$0 + 1] }.max() ?? 1 << 20
    let most = max(Self.valueBytes / max(widest, 1), Self.batchSize)
    let used = Array(0..<min(calibration.count, most))
    samples = used.count
    let whole = SampleBatches(order: used, graph: graph, largestValueBytes: nil)
    fixedSize = whole.fixedSize
    batches = whole.indices
  }

  /// A layer's weights after repair, if they are known already.
  func known(layer: Int, under plan: CompressionPlan) -> CompressedWeights? {
    results.withLock { results in
      results.last { $0.result.plan == plan }?.result.weights[layer]
    }
  }

  /// The repaired plan.
  ///
  /// - Throws: ``EngineError``; `CancellationError`.
  func repaired(
    _ compressed: CompressedPlan, original: OpenedModel, pool: WorkerPool
  ) async throws -> CompressedPlan {
    var repaired = compressed
    let result = try await result(of: compressed, original: original, pool: pool)
    for (index, weights) in result.weights {
      repaired.weights[index] = weights
      repaired.rows[index].sqnr = weights.sqnr
    }
    repaired.constants = result.constants
    repaired.notices += result.notices
    return repaired
  }

  private func result(
    of compressed: CompressedPlan, original: OpenedModel, pool: WorkerPool
  ) async throws -> Result {
    let keys = compressed.keys
    if let known = results.withLock({ $0.first { $0.keys == keys }?.result }) {
      var known = known
      known.plan = compressed.plan
      remember(known, keys)
      return known
    }
    let originals = try await originalMoments(pool)
    let result = try await repair(compressed, originals, original, pool)
    remember(result, keys)
    return result
  }

  private func remember(_ result: Result, _ keys: [EffectiveSetting?]) {
    results.withLock { results in
      results.removeAll { $0.keys == keys }
      results.append((keys, result))
      if results.count > Self.limit { results.removeFirst() }
    }
  }

  /// A new walk through the network.
  var walk: RepairWalk { makeWalk(segments) }

  private func makeWalk(_ segments: NetworkSegments) -> RepairWalk {
    let (data, batches, fixedSize, graph) = (data, batches, fixedSize, graph)
    return RepairWalk(segments: segments, batches: batches) { index in
      var samples = batches[index]
      if let last = samples.last, let fixedSize, samples.count < fixedSize {
        samples += Array(repeating: last, count: fixedSize - samples.count)
      }
      return try data.inputs(for: samples, graphInputs: graph.runtimeInputs)
    }
  }

  /// The moments of every site in the uncompressed network; measured once.
  private func originalMoments(_ pool: WorkerPool) async throws -> [ChannelMoments?] {
    if let known = originals.withLock({ $0 }) { return known }
    let found: [ChannelMoments?]
    if let reference {
      let all = try await moments(
        reference.sites.sites, reference.sites.sitesOfCut,
        makeWalk(NetworkSegments(reference.graph, cuts: reference.sites.cuts)), pool)
      found = sites.map { site in
        guard let place = reference.sites.sites.firstIndex(where: { $0.target == site.target })
        else { return nil }
        let kept = keptChannels(of: site, reference)
        return kept.map { all[place]?.selecting($0) } ?? all[place]
      }
    } else {
      found = try await moments(sites, sitesOfCut, walk, pool)
    }
    originals.withLock { $0 = found }
    return found
  }

  private func moments(
    _ sites: [RepairSites.Site], _ sitesOfCut: [[Int]], _ walk: RepairWalk, _ pool: WorkerPool
  ) async throws -> [ChannelMoments?] {
    var moments = [ChannelMoments?](repeating: nil, count: sites.count)
    for (cut, places) in sitesOfCut.enumerated() {
      let measured = try await walk.advance(
        cut, weights: [:], measuring: sites[places[0]], pool: pool)
      for place in places { moments[place] = measured }
    }
    return moments
  }

  /// The channels that are left of a site's value; nil when all are.
  private func keptChannels(
    of site: RepairSites.Site, _ reference: RepairReference
  ) -> [Int]? {
    switch site.target {
    case .layer(let index, _, _): reference.kept[layerNames[index]]
    case .normalization:
      reference.sites.layers.first { layer in
        layer.nodes.first.map { reference.graph.nodes[$0].outputs.first == site.value } ?? false
      }.flatMap { reference.kept[$0.name] }
    }
  }
}
