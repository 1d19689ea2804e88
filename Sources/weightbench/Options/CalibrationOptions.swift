import ArgumentParser
import Datasets
import Evaluation
import ModelCompression

/// The samples that methods are calibrated on.
struct CalibrationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Samples to calibrate on, as train.yaml:512 (default: the plan's, else the first 512 of --data).",
      discussion: """
        Criteria and quantizers that look at activations run these samples through the original model. \
        Inputs only are used, never labels. Without a count the first 512 are taken.
        """, valueName: "file[:count]"),
    completion: .file())
  var calibration: String?

  /// The samples; nil when there are neither named ones nor data.
  func samples(
    plan: CompressionPlan? = nil, path: String? = nil, data: EvaluationData?
  ) throws -> CalibrationSamples? {
    try CalibrationSamples.choose(
      argument: calibration, plan: plan, planPath: path, evaluating: data)
  }
}
