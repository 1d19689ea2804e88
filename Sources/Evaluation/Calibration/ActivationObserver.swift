import Datasets
import Execution
import NetworkGraph
import Tensors

/// Runs a graph on batches of samples and gives values from its inside.
struct ActivationObserver: Sendable {
  /// Samples that run together, and the half of the pair that is run.
  struct Run: Sendable {
    let samples: [Int]
    let part: Int
  }

  /// The runs that all samples take.
  let runs: [Run]
  private let executor: FastExecutor
  private let data: EvaluationData
  private let weights: [String: Tensor]
  private let batches: SampleBatches
  private let inputs: [ValueInfo]
  /// Values that are inputs of the graph.
  private let given: Set<String>

  /// An observer of the float values `names`.
  ///
  /// - Throws: ``EngineError`` when the graph can't be run or the data does not fit.
  init(
    graph: NetworkGraph, data: EvaluationData, samples: [Int], weights: [String: Tensor],
    names: Set<String>
  ) throws(EngineError) {
    inputs = graph.runtimeInputs
    given = names.intersection(inputs.map(\.name))
    try data.check(against: inputs)
    var observed = graph
    observed.outputs = names.subtracting(given).sorted().map {
      ValueInfo(name: $0, type: .float32, shape: nil)
    }
    executor = try FastExecutor(graph: observed)
    let first = try data.inputs(for: Array(samples.prefix(1)), graphInputs: inputs)
    batches = SampleBatches(
      order: samples, graph: graph,
      largestValueBytes: GraphCosts(graph: graph, inputs: first)?.largestValueBytes)
    self.data = data
    self.weights = weights
    runs = batches.indices.flatMap { samples in
      (0..<data.partCount).map { Run(samples: samples, part: $0) }
    }
  }

  /// The values of one run, by name; rows that only fill up a fixed batch are left out.
  func values(
    ofRun index: Int, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [String: Tensor] {
    let run = runs[index]
    var samples = run.samples
    if let fixed = batches.fixedSize, let last = samples.last {
      samples += Array(repeating: last, count: max(fixed - samples.count, 0))
    }
    let given = try data.inputs(for: samples, graphInputs: inputs, part: run.part)
    var values = try executor.run(
      inputs: given, weights: weights, options: RunOptions(isCancelled: isCancelled)
    ).outputs
    for name in self.given { values[name] = given[name] }
    guard samples.count > run.samples.count else { return values }
    return values.mapValues { value in
      guard value.shape.first == samples.count else { return value }
      let shape = [run.samples.count] + value.shape.dropFirst()
      return Tensor(
        type: value.type, shape: shape, storage: value.storage, byteOffset: value.byteOffset)
    }
  }
}
