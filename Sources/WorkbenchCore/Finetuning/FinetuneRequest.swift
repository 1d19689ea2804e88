import ModelCompression
import Training

/// A training run that the workbench asks for.
public struct FinetuneRequest: Sendable, Hashable {
  /// The plan whose losses are to be trained back.
  public var plan: CompressionPlan
  /// The training data; may begin with `~`.
  public var data: String
  /// The model that is written; may begin with `~`.
  public var output: String
  /// How to train.
  public var settings: FinetuneSettings

  /// Makes a request.
  public init(
    plan: CompressionPlan, data: String, output: String, settings: FinetuneSettings
  ) {
    self.plan = plan
    self.data = data
    self.output = output
    self.settings = settings
  }
}
