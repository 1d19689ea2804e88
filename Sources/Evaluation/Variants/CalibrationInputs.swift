import Datasets
import NetworkGraph
import Tensors

/// The samples that a network is calibrated on: inputs only, labels are never looked at.
struct CalibrationInputs: Sendable {
  /// Samples when nobody says how many.
  static let usualCount = 512

  let data: EvaluationData
  /// Dataset indices.
  let samples: [Int]

  /// The first samples of `data`.
  init(_ data: EvaluationData, count: Int = usualCount) {
    self.data = data
    samples = Array(0..<min(count, data.count))
  }

  /// What is wrong when there are none.
  static var missing: EngineError {
    EngineError(
      .invalidArgument, subject: "repair",
      problem: "there are no samples to measure the network on",
      remedy: "Give data with --calibration or --data, or remove 'repair' from the plan")
  }
}
