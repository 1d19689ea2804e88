import ModelCompression
import Tensors

/// What the screen and reports show of one layer before and after its setting.
public struct LayerReport: Sendable {
  /// The layer's name.
  public var name: String
  /// The setting it was computed for.
  public var setting: LayerSetting
  /// Share of zeros after.
  public var sparsity: Double
  /// Exact bytes after: the best of packed, bitmask and compressed rows, scales included.
  public var storedBytes: Int
  /// Bytes before, as 32-bit floats.
  public var originalBytes: Int
  /// Signal to quantization noise ratio of the weights in dB; infinity when nothing changed.
  public var sqnr: Double
  /// The weights before, as stored in the file (shape of the layer).
  public var before: Tensor
  /// The weights after pruning and quantization, as floats: what the preview runs.
  public var after: Tensor
  /// Weights whose magnitude is at or below this were pruned; nil when nothing is pruned.
  public var cutOff: Float?
  /// Distinct levels the quantized weights can take, ascending, when one scale serves the whole layer
  /// or the levels are few; empty when every channel has its own.
  public var levels: [Float]

  /// Makes a report.
  public init(
    name: String, setting: LayerSetting, sparsity: Double, storedBytes: Int, originalBytes: Int,
    sqnr: Double, before: Tensor, after: Tensor, cutOff: Float?, levels: [Float]
  ) {
    self.name = name
    self.setting = setting
    self.sparsity = sparsity
    self.storedBytes = storedBytes
    self.originalBytes = originalBytes
    self.sqnr = sqnr
    self.before = before
    self.after = after
    self.cutOff = cutOff
    self.levels = levels
  }
}
