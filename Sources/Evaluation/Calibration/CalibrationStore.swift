import Datasets
import Execution
import Foundation
import ModelCompression
import NetworkGraph
import Tensors

/// The statistics of a model's layers over calibration samples, made when they are first needed and
/// kept.
///
/// Samples run through the original network in 32-bit floats, batch by batch; only sums are kept, so
/// that memory does not grow with the number of samples. One run serves every layer that was asked for;
/// moments and activations, which are small, are summed for all layers at once. Statistics do not
/// depend on the number of threads, nor on what was asked for before.
///
/// ```swift
/// let store = CalibrationStore(
///   graph: graph, layers: layers, samples: CalibrationSamples(data, count: 128), threads: 2)
/// let compressor = model.compressor.calibrated(by: store)
/// ```
public final class CalibrationStore: CalibrationSource, @unchecked Sendable {
  // @unchecked: `known` and `isRunning` are touched only with the condition locked.
  private let graph: NetworkGraph
  private let samples: CalibrationSamples
  private let threads: Int
  private let isReference: Bool
  /// Each layer's place in the graph, or why it has none.
  private let places: [Result<CalibratedLayer, EngineError>]

  private struct Known {
    var statistics = LayerStatistics(rows: 0)
    var needs: Set<StatisticsNeed> = []
  }

  private let condition = NSCondition()
  private var known: [Known]
  private var isRunning = false

  /// Bytes of products that are summed in one run; layers that need more take more runs.
  private static let productBytes = 1 << 29

  /// What the user should know about the samples.
  public let notice: String?

  /// Nothing is run yet.
  ///
  /// - Parameters:
  ///   - graph: The original network.
  ///   - layers: Its compressible layers.
  ///   - samples: What to run.
  ///   - threads: Threads to run on.
  ///   - reference: Run with the plain reference kernels.
  public init(
    graph: NetworkGraph, layers: [CompressibleLayer], samples: CalibrationSamples, threads: Int,
    reference: Bool = false
  ) {
    self.graph = graph
    self.samples = samples
    self.threads = max(threads, 1)
    isReference = reference
    notice = samples.notice
    let producers = graph.producers()
    let consumers = graph.consumers()
    places = layers.map { layer in
      Result { () throws(EngineError) in
        try CalibratedLayer(layer, in: graph, producers: producers, consumers: consumers)
      }
    }
    known = Array(repeating: Known(), count: layers.count)
  }

  /// Makes statistics of several layers on a worker of `pool`, whose other workers go on with other
  /// lists meanwhile.
  ///
  /// - Parameters:
  ///   - layers: The layers by their places among the model's layers.
  ///   - needs: What has to be known of each.
  ///   - pool: Where to wait.
  /// - Throws: ``EngineError``; `CancellationError` when the calling task is cancelled.
  public func prepare(
    layers: [Int], needs: Set<StatisticsNeed>, pool: WorkerPool
  ) async throws {
    let wanted = Dictionary(layers.map { ($0, needs) }, uniquingKeysWith: { a, _ in a })
    let flag = CancellationFlag()
    try await withTaskCancellationHandler {
      try await pool.forEach(1) { _ in
        try self.prepare(wanted, isCancelled: { flag.isCancelled })
      }
    } onCancel: {
      flag.cancel()
    }
  }

  /// Makes statistics of several layers; the calling thread waits.
  public func prepare(_ needs: [Int: Set<StatisticsNeed>], isCancelled: () -> Bool) throws {
    try begin(isCancelled: isCancelled)
    defer { end() }
    while true {
      let missing = try self.missing(needs)
      guard !missing.isEmpty else { return }
      try run(missing, isCancelled: isCancelled)
    }
  }

  /// What is known of a layer, made when it is not known yet; the calling thread waits.
  public func statistics(
    ofLayer layer: Int, needs: Set<StatisticsNeed>, isCancelled: () -> Bool
  ) throws -> LayerStatistics {
    if let found = found(layer, needs) { return found }
    try prepare([layer: needs], isCancelled: isCancelled)
    return found(layer, needs) ?? LayerStatistics(rows: 0)
  }

  private func found(_ layer: Int, _ needs: Set<StatisticsNeed>) -> LayerStatistics? {
    condition.lock()
    defer { condition.unlock() }
    return known[layer].needs.isSuperset(of: needs) ? known[layer].statistics : nil
  }

  /// Waits until no other thread runs samples.
  private func begin(isCancelled: () -> Bool) throws {
    condition.lock()
    defer { condition.unlock() }
    while isRunning {
      _ = condition.wait(until: Date(timeIntervalSinceNow: 0.005))
      if isCancelled() { throw CancellationError() }
    }
    isRunning = true
  }

  private func end() {
    condition.lock()
    isRunning = false
    condition.broadcast()
    condition.unlock()
  }

  /// What is asked for and not known; of products no more than fit into one run.
  private func missing(
    _ needs: [Int: Set<StatisticsNeed>]
  ) throws(EngineError) -> [Int: Set<StatisticsNeed>] {
    condition.lock()
    let have = known.map(\.needs)
    condition.unlock()
    var result: [Int: Set<StatisticsNeed>] = [:]
    var bytes = 0
    for layer in needs.keys.sorted() {
      var wanted = (needs[layer] ?? []).subtracting(have[layer])
      guard !wanted.isEmpty else { continue }
      let place = try places[layer].get()
      if place.isEmbedding, wanted.contains(.outputActivations) {
        throw EngineError(
          .unsupported, subject: "layer '\(place.layer.name)'",
          problem: "is an embedding: its rows are looked up, they are no output channels",
          remedy: "Choose another criterion for it, or leave it alone: 'type:Gather': null")
      }
      if wanted.contains(.inputProducts) {
        let more = 8 * place.groups * place.columns * place.columns
        if bytes > 0, bytes + more > Self.productBytes {
          wanted.remove(.inputProducts)
        } else {
          bytes += more
        }
      }
      if !wanted.isEmpty { result[layer] = wanted }
    }
    return result
  }

  /// Sums gradients of the layers that ask for them; one pass serves all of these.
  private func differentiate(
    _ missing: [Int: Set<StatisticsNeed>], isCancelled: () -> Bool
  ) throws {
    let layers = missing.filter { $0.value.contains(.gradients) }.keys.sorted()
    guard !layers.isEmpty else { return }
    let names = try layers.map { try places[$0].get().layer.weight }
    let moments = try GradientPass(
      graph: graph, weights: Set(names), samples: samples, threads: threads
    ).run(isCancelled: isCancelled)
    condition.lock()
    defer { condition.unlock() }
    for (layer, name) in zip(layers, names) {
      guard let found = moments[name] else { continue }
      known[layer].statistics.add(found)
      known[layer].needs.insert(.gradients)
    }
  }

  private func run(_ missing: [Int: Set<StatisticsNeed>], isCancelled: () -> Bool) throws {
    try differentiate(missing, isCancelled: isCancelled)
    let missing = missing.mapValues { $0.subtracting([.gradients]) }.filter { !$0.value.isEmpty }
    guard !missing.isEmpty else { return }
    let layers = places.compactMap { try? $0.get() }
    let all = missing.values.reduce(into: Set<StatisticsNeed>()) { $0.formUnion($1) }
    var accumulators: [(layer: Int, sums: LayerAccumulator)] = []
    for (index, place) in places.enumerated() {
      guard let place = try? place.get() else { continue }
      var needs = missing[index] ?? []
      // What is small is summed for every layer at once: the next question finds it.
      if all.contains(.inputMoments) || all.contains(.inputProducts) { needs.insert(.inputMoments) }
      if all.contains(.outputActivations), !place.isEmbedding { needs.insert(.outputActivations) }
      if !needs.isEmpty { accumulators.append((index, LayerAccumulator(place, needs: needs))) }
    }
    if accumulators.contains(where: { !$0.sums.place.isEmbedding }) {
      try CalibrationPass(
        graph: graph, layers: layers, samples: samples, threads: threads,
        isReference: isReference
      ).run(accumulators.map(\.sums), isCancelled: isCancelled)
    }
    for (layer, sums) in accumulators where missing[layer] != nil {
      if let failure = sums.failure { throw failure }
    }
    condition.lock()
    defer { condition.unlock() }
    for (layer, sums) in accumulators where sums.failure == nil {
      known[layer].statistics.add(sums.statistics())
      known[layer].needs.formUnion(sums.needs)
    }
  }
}

extension LayerStatistics {
  /// Takes over what `other` knows and this does not.
  fileprivate mutating func add(_ other: LayerStatistics) {
    rows = max(rows, other.rows)
    inputMean = inputMean ?? other.inputMean
    inputSquare = inputSquare ?? other.inputSquare
    inputProducts = inputProducts ?? other.inputProducts
    outputMagnitude = outputMagnitude ?? other.outputMagnitude
    outputZeros = outputZeros ?? other.outputZeros
    gradientMean = gradientMean ?? other.gradientMean
    gradientSquare = gradientSquare ?? other.gradientSquare
  }
}
