import ModelCompression
import NetworkGraph
import Tensors

/// Calibrates networks, the opened one and those that steps of plans make of it, on the same samples.
struct Calibrator: Sendable {
  /// The samples; nil when there are none.
  let samples: CalibrationSamples?
  let threads: Int
  /// Whether they run on the reference kernels.
  let isReference: Bool

  /// A model's compressor with calibration, when there are samples and the graph can run.
  ///
  /// - Throws: ``EngineError`` when the samples do not fit the model.
  func compressor(of model: OpenedModel) throws(EngineError) -> PlanCompressor {
    guard let samples, model.graph != nil, model.unsupported.isEmpty else {
      return model.compressor
    }
    let graph = try model.runnableGraph()
    try samples.data.check(against: graph.runtimeInputs)
    return model.compressor.calibrated(
      by: CalibrationStore(
        graph: graph, layers: model.layers, samples: samples, threads: threads,
        reference: isReference))
  }

  /// What is wrong when repair has no samples.
  static var missing: EngineError {
    EngineError(
      .invalidArgument, subject: "repair",
      problem: "there are no samples to measure the network on",
      remedy: "Give data with --calibration or --data, or remove 'repair' from the plan")
  }
}
