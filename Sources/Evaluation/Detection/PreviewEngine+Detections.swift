import Datasets
import Execution
import Synchronization
import Tensors

extension PreviewEngine {
  /// What makes boxes of the model's outputs; nil when the data are not for a detector.
  public nonisolated var decoder: DetectionDecoder? {
    (runner?.measure as? DetectionMeasure)?.decoder
  }

  /// The boxes that a plan finds in each image, in the order of the data, each image's by falling score.
  ///
  /// They are those that the figures of an exact evaluation speak of.
  ///
  /// - Parameter compressed: The plan; nil runs the model as it is.
  /// - Throws: ``EngineError`` when there is nothing to run, or nothing says how outputs become boxes;
  ///   `CancellationError`.
  public func detections(of compressed: CompressedPlan?) async throws -> [[DetectedBox]] {
    let runner = try compressed?.executed?.runner ?? requireRunner()
    guard let decoder else {
      throw EngineError(
        .invalidData, path: data?.path, problem: "nothing says how outputs become boxes",
        remedy: "Give a data description with task: detection and a head block; "
          + "Documentation/detection.md explains them")
    }
    let run = run(compressed, focus: nil)
    let flag = CancellationFlag()
    let found = Mutex([[DetectedBox]](repeating: [], count: runner.data.count))
    try await withTaskCancellationHandler {
      try await pool.forEach(runner.batches.indices.count, isCancelled: { flag.isCancelled }) {
        batch in
        let outputs = try runner.outputs(
          batch, part: 0, run: run, isCancelled: { flag.isCancelled })
        for (row, sample) in runner.batches.indices[batch].enumerated() {
          let boxes = try decoder.boxes(
            of: SampleOutputs(
              sample: sample, parts: [outputs], row: row, of: runner.batches.size))
          found.withLock { $0[sample] = boxes }
        }
      }
    } onCancel: {
      flag.cancel()
    }
    try Task.checkCancellation()
    return found.withLock { $0 }
  }
}
