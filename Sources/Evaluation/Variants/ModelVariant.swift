import Execution
import ModelCompression
import NetworkGraph
import Tensors

/// The network that plan-wide steps make of the opened one, with all that it takes to compress,
/// measure and count plans on it.
///
/// Its layers have the names and the order of the opened model's. Results are compared with the
/// original network's, which stays what it was.
public final class ModelVariant: Sendable {
  /// Tells variants apart, never used twice; 0 stands for the original network.
  let number: Int
  /// The network before its layers are compressed.
  public let model: OpenedModel
  /// The steps that made it; nil where only activations are rounded.
  let steps: PlanSteps?
  /// What was done, and what could not be.
  public let notices: [String]
  /// The weights of its layers under their settings.
  let weights: PlanWeights
  /// Exact sizes of plans on it.
  let sizes: PlanSizes
  /// Multiply-adds of its layers.
  let multiplyAdds: [Int?]
  /// Makes plans on it ready to run.
  let planner: RunPlanner
  /// Runs it on the batches that the original network is run on; nil when there is nothing to run.
  let runner: BatchRunner?
  /// Repairs plans on it; nil when the steps ask for none.
  let repair: NetworkRepair?

  init(
    number: Int, model: OpenedModel, steps: PlanSteps?, notices: [String], weights: PlanWeights,
    compressor: PlanCompressor, checkpoints: [Int], runner: BatchRunner?, repair: NetworkRepair?
  ) {
    self.number = number
    self.model = model
    self.steps = steps
    self.notices = notices
    self.weights = weights
    self.runner = runner
    self.repair = repair
    multiplyAdds = model.summary.layers.map(\.multiplyAdds)
    sizes = PlanSizes(model: model, multiplyAdds: multiplyAdds, compressor: compressor)
    planner = RunPlanner(layers: model.layers, checkpoints: checkpoints, isVariant: true)
  }
}
