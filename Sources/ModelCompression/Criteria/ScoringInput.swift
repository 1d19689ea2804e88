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
  /// gamma of the batch normalization behind the layer, one for each output channel; nil where there
  /// is none.
  public let batchNormScale: [Float]?
  /// The seed of everything random, different for each layer.
  public let seed: UInt64

  /// Makes an input.
  public init(
    layer: CompressibleLayer, weights: Tensor, setting: PruneSetting,
    statistics: LayerStatistics? = nil, batchNormScale: [Float]? = nil, seed: UInt64 = 0
  ) {
    self.layer = layer
    self.weights = weights
    self.setting = setting
    self.statistics = statistics
    self.batchNormScale = batchNormScale
    self.seed = seed
  }

  /// An error that says what is missing for this layer.
  func missing(_ problem: String) -> EngineError {
    EngineError(
      .unsupported, subject: "layer '\(layer.name)'",
      problem: "criterion '\(setting.criterion)': \(problem)",
      remedy: "Choose another criterion for it, or leave it alone (null)")
  }

  /// One figure of calibration for each output channel, as floats.
  func channelFigures(
    _ path: KeyPath<LayerStatistics, [Double]?>
  ) throws(EngineError) -> [Double] {
    guard let figures = statistics?[keyPath: path], figures.count == layer.outputChannels else {
      throw missing("calibration shows no outputs of it")
    }
    return figures
  }

  /// One figure of calibration for each weight, in the weight's own shape.
  func weightFigures(
    _ path: KeyPath<LayerStatistics, Tensor?>
  ) throws(EngineError) -> Tensor {
    guard let figures = statistics?[keyPath: path], figures.shape == weights.shape else {
      throw missing("calibration shows no gradients of a loss for it")
    }
    return figures
  }

  /// Sum of |w| of each output channel, in double precision, in the order of ``WeightRows``.
  func channelMagnitudes() -> [Double] {
    let rows = WeightRows(layer)
    return weights.withElements(of: Float.self) { weights in
      (0..<rows.rows).map { row in
        var sum = 0.0
        for column in 0..<rows.columns {
          sum += Double(weights[rows.index(row: row, column: column)].magnitude)
        }
        return sum
      }
    }
  }
}
