import Datasets
import NetworkGraph
import Tensors

/// The batches that a scan goes through, and how their inputs and labels are read.
struct ScanBatches: Sendable {
  let data: EvaluationData
  let inputs: [ValueInfo]
  /// Dataset indices of each batch.
  let indices: [[Int]]
  /// Samples a batch is filled up to when the model fixes the batch axis; nil when it does not.
  let fixedSize: Int?
  /// How the task judges outputs; nil for classes, and where only agreement is known.
  let measure: (any EvaluationMeasure)?

  /// The first `limit` samples of an engine's batches, or all.
  init(runner: BatchRunner, limit: Int?) {
    data = runner.data
    measure = runner.measure
    inputs = runner.executor.graph.runtimeInputs
    fixedSize = runner.batches.fixedSize
    var left = limit ?? .max
    var kept: [[Int]] = []
    for batch in runner.batches.indices where left > 0 {
      kept.append(Array(batch.prefix(left)))
      left -= batch.count
    }
    indices = kept
  }

  private init(
    data: EvaluationData, inputs: [ValueInfo], indices: [[Int]], fixedSize: Int?,
    measure: (any EvaluationMeasure)?
  ) {
    self.data = data
    self.measure = measure
    self.inputs = inputs
    self.indices = indices
    self.fixedSize = fixedSize
  }

  /// The same samples in other batches.
  func with(indices: [[Int]]) -> ScanBatches {
    ScanBatches(
      data: data, inputs: inputs, indices: indices, fixedSize: fixedSize, measure: measure)
  }

  /// The inputs of the first samples, at most `count` unless the model fixes the batch axis.
  func first(_ count: Int) throws(EngineError) -> [String: Tensor] {
    guard fixedSize == nil else { return try tensors(0) }
    let samples = Array((indices.first ?? []).prefix(count))
    return try data.inputs(for: samples, graphInputs: inputs)
  }

  /// Whether the data are for a task with classes.
  var hasClasses: Bool { data.mayHaveClasses }

  /// Number of batches.
  var count: Int { indices.count }
  /// Number of samples.
  var samples: Int { indices.reduce(0) { $0 + $1.count } }

  /// Samples that a run of a batch computes, filled up.
  func size(_ batch: Int) -> Int { fixedSize ?? indices[batch].count }

  /// The inputs of a batch; a model with a fixed batch axis gets the last sample repeated.
  ///
  /// - Parameter part: Which half of pairs.
  func tensors(_ batch: Int, part: Int = 0) throws(EngineError) -> [String: Tensor] {
    var samples = indices[batch]
    if let size = fixedSize, let last = samples.last {
      samples += Array(repeating: last, count: max(size - samples.count, 0))
    }
    return try data.inputs(for: samples, graphInputs: inputs, part: part)
  }

  /// The labels of a batch; nil without.
  func labels(_ batch: Int) -> [Int]? {
    data.labels.map { labels in indices[batch].map { labels[$0] } }
  }
}
