import Execution
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

extension PreviewEngine {
  /// A network with rounded activations, kept for the plan that it was calibrated for.
  struct Rounded: Sendable {
    var identity: PlanIdentity
    var network: ModelVariant
    var biases: [String: Tensor]
  }

  /// Networks that are kept.
  private static let roundedLimit = 3

  /// The plan in a network whose activations are rounded as its settings say, with ranges measured in
  /// the compressed network; the plan itself when they say nothing.
  ///
  /// - Throws: ``EngineError``; `CancellationError`.
  func rounded(_ plain: CompressedPlan) async throws -> CompressedPlan {
    let settings = try planCompressor.resolver.resolve(plain.plan).settings
    let rounding = model.rounding(settings)
    guard !rounding.isEmpty else { return plain }
    var compressed = plain
    compressed.rounding = rounding
    let identity = compressed.identity
    let found: Rounded
    if let index = roundedNetworks.firstIndex(where: { $0.identity == identity }) {
      found = roundedNetworks.remove(at: index)
    } else {
      found = try await makeRounded(compressed, identity)
    }
    roundedNetworks.append(found)
    if roundedNetworks.count > Self.roundedLimit { roundedNetworks.removeFirst() }
    compressed.rounded = found.network
    compressed.constants.merge(found.biases) { _, rounded in rounded }
    return compressed
  }

  private nonisolated func makeRounded(
    _ compressed: CompressedPlan, _ identity: PlanIdentity
  ) async throws -> Rounded {
    let rounding = compressed.rounding
    let graph = try compressed.network(of: model).runnableGraph()
    let weights = compressed.weights.compactMap { $0 }
    let found = try await ranges(in: graph, rounding, weights)
    let made = try ActivationQuantizer.apply(to: graph, settings: rounding, ranges: found)
    let biases = QuantizedBias.values(in: made, weights: weights)
    let network = Mutex<ModelVariant?>(nil)
    let (variants, base) = (variants, compressed.variant)
    try await pool.forEach(1) { _ in
      let variant = try variants.rounded(made, base: base)
      network.withLock { $0 = variant }
    }
    guard let variant = network.withLock({ $0 }) else { throw CancellationError() }
    return Rounded(identity: identity, network: variant, biases: biases)
  }

  private nonisolated func ranges(
    in graph: NetworkGraph, _ rounding: [String: ActivationQuantization],
    _ weights: [CompressedWeights]
  ) async throws -> [String: ValueRange] {
    let sites = ActivationQuantizer.sites(in: graph, settings: rounding)
    guard sites.contains(where: { $0.setting.mode == .static }) else { return [:] }
    guard let samples = variants.calibrator.samples else {
      throw EngineError(
        .invalidArgument, subject: "activations",
        problem: "there are no samples to find their ranges on",
        remedy: "Give data with --calibration or --data, or choose mode: dynamic")
    }
    let replaced = Dictionary(
      weights.map { ($0.layer.weight, $0.dequantized) }, uniquingKeysWith: { first, _ in first })
    return try await ActivationCalibration(
      graph: graph, data: samples.data, samples: Array(0..<samples.count), weights: replaced
    ).ranges(of: sites, pool: pool, isCancelled: { Task.isCancelled })
  }
}
