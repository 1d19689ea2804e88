import NetworkGraph
import Tensors

/// What a criterion scores the weights of one layer by.
public struct ScoringInput: Sendable {
  /// The layer.
  public let layer: CompressibleLayer
  /// Its float32 weights as stored.
  public let weights: Tensor
  /// The setting that asks for scores.
  public let setting: PruneSetting
  /// What calibration showed; nil for criteria without needs.
  public let statistics: LayerStatistics?
  /// The seed of everything random, different for each layer.
  public let seed: UInt64

  /// Makes an input.
  public init(
    layer: CompressibleLayer, weights: Tensor, setting: PruneSetting,
    statistics: LayerStatistics? = nil, seed: UInt64 = 0
  ) {
    self.layer = layer
    self.weights = weights
    self.setting = setting
    self.statistics = statistics
    self.seed = seed
  }
}
