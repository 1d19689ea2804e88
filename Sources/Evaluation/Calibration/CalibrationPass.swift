import Datasets
import Execution
import NetworkGraph
import Operators
import Synchronization
import Tensors

/// Runs calibration samples through the original network and shows every batch to accumulators.
///
/// Samples are split into batches that depend on model and data only, and each accumulator sees the
/// batches in their order. The graph that runs is the same whatever is asked for, so that the same
/// samples give the same sums in every session.
struct CalibrationPass {
  /// The original network with every value that some layer's statistics are made from as an output.
  let graph: NetworkGraph
  let samples: CalibrationSamples
  let threads: Int
  let isReference: Bool

  /// Bytes of values that are kept of one batch.
  private static let batchBytes = 32 << 20
  private static let largestBatch = 32

  /// A pass over the values that `layers` name.
  init(
    graph: NetworkGraph, layers: [CalibratedLayer], samples: CalibrationSamples, threads: Int,
    isReference: Bool
  ) {
    var graph = graph
    let inputs = Set(graph.runtimeInputs.map(\.name))
    var wanted: [String] = []
    var seen = inputs
    for use in layers.flatMap(\.uses) {
      for name in [use.input, use.output] where seen.insert(name).inserted { wanted.append(name) }
    }
    let declared = Dictionary(
      (graph.valueInfos + graph.outputs).map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    graph.outputs = wanted.map {
      declared[$0] ?? ValueInfo(name: $0, type: .float32, shape: nil)
    }
    self.graph = graph
    self.samples = samples
    self.threads = threads
    self.isReference = isReference
  }

  /// Items that run together, of one half of pairs.
  private struct Batch: Sendable {
    let part: Int
    let items: [Int]
  }

  /// Shows all samples to the accumulators.
  ///
  /// - Parameter isCancelled: Asked every few milliseconds by the calling thread.
  /// - Throws: ``EngineError``, `CancellationError`.
  func run(_ accumulators: [LayerAccumulator], isCancelled: () -> Bool) throws {
    let graph = self.graph
    let executor: any GraphExecutor =
      isReference ? ReferenceGraphExecutor(graph: graph) : try FastExecutor(graph: graph)
    let batches = try self.batches()
    let data = samples.data
    let flag = CancellationFlag()
    let workers = CalibrationThreads(threads: threads)
    defer { workers.close() }
    for first in stride(from: 0, to: batches.count, by: threads) {
      let round = Array(batches[first..<min(first + threads, batches.count)])
      let captured = Mutex([[String: Tensor]](repeating: [:], count: round.count))
      try workers.forEach(round.count, isCancelled: isCancelled, flag: flag) { index in
        let inputs = try data.inputs(
          for: round[index].items, graphInputs: graph.runtimeInputs, part: round[index].part)
        let result = try executor.run(
          inputs: inputs, weights: [:], options: RunOptions(isCancelled: { flag.isCancelled }))
        let values = result.outputs.merging(inputs) { output, _ in output }
        captured.withLock { $0[index] = values }
      }
      let values = captured.withLock { $0 }
      try workers.forEach(accumulators.count, isCancelled: isCancelled, flag: flag) { index in
        for batch in values {
          if flag.isCancelled { return }
          accumulators[index].add(batch)
        }
      }
    }
  }

  /// The batches; where the model fixes their size, samples that do not fill one are left out, and
  /// too few for one are repeated.
  private func batches() throws(EngineError) -> [Batch] {
    var fixed: Int?
    for input in graph.runtimeInputs {
      if case .fixed(let length)? = input.shape?.first, length > 0 { fixed = length }
    }
    let size: Int
    if let fixed { size = fixed } else { size = try batchSize() }
    var items = Array(0..<samples.count)
    if let fixed {
      if items.count < fixed {
        items = (0..<fixed).map { $0 % samples.count }
      } else {
        items.removeLast(items.count % fixed)
      }
    }
    return (0..<samples.data.partCount).flatMap { part in
      stride(from: 0, to: items.count, by: size).map {
        Batch(part: part, items: Array(items[$0..<min($0 + size, items.count)]))
      }
    }
  }

  /// As many samples as keep the values of a batch small.
  private func batchSize() throws(EngineError) -> Int {
    let inputs = try samples.data.inputs(for: [0], graphInputs: graph.runtimeInputs)
    let facts = try? ShapeInference.infer(graph: graph, inputShapes: inputs.mapValues(\.shape))
    let bytes = graph.outputs.reduce(0) { sum, output in
      sum + (facts?[output.name]?.shape.map { $0.reduce(4, *) } ?? 1 << 20)
    }
    return min(max(Self.batchBytes / max(bytes, 1), 1), Self.largestBatch)
  }
}
