import Evaluation
import ModelCompression
import NetworkGraph
import Tensors

/// What the inspector draws of a layer: histograms, heatmap and figures, gathered from its weights.
///
/// Made off the main thread from a ``LayerReport``, so that drawing and `update` never walk over
/// millions of weights.
public struct LayerPicture: Sendable {
  /// The layer's name.
  public var name: String
  /// The setting it was made for.
  public var setting: LayerSetting
  /// Share of zeros, 0...1.
  public var sparsity: Double
  /// Exact bytes after.
  public var storedBytes: Int
  /// Bytes before, as 32-bit floats.
  public var originalBytes: Int
  /// Signal to quantization noise ratio of the weights in dB; infinity when nothing changed.
  public var sqnr: Double
  /// Weights at or below this magnitude were pruned; nil when none were.
  public var cutOff: Float?
  /// The levels that quantized weights can take, when they are few.
  public var levels: [Float]
  /// The weights before.
  public var before: WeightHistogram
  /// The weights after, over the same range.
  public var after: WeightHistogram
  /// The weights after, by output and input channel.
  public var grid: HeatGrid

  /// Gathers the report of `layer`.
  ///
  /// - Complexity: O(weights).
  public init(report: LayerReport, layer: CompressibleLayer) {
    name = report.name
    setting = report.setting
    sparsity = report.sparsity
    storedBytes = report.storedBytes
    originalBytes = report.originalBytes
    sqnr = report.sqnr
    cutOff = report.cutOff
    levels = report.levels
    let range = Self.range(of: report.before)
    before = Self.reading(report.before) { WeightHistogram($0, range: range) }
    after = Self.reading(report.after) { WeightHistogram($0, range: range) }
    grid = Self.reading(report.after) { HeatGrid($0, layer: layer) }
  }

  /// The smallest and largest finite weight; a little room around zero when they are equal.
  private static func range(of tensor: Tensor) -> ClosedRange<Float> {
    reading(tensor) { weights in
      var low = Float.infinity
      var high = -Float.infinity
      for weight in weights where weight.isFinite {
        low = min(low, weight)
        high = max(high, weight)
      }
      guard low <= high else { return -1...1 }
      return low < high ? low...high : (low - 0.5)...(high + 0.5)
    }
  }

  private static func reading<R>(
    _ tensor: Tensor, _ body: (UnsafeBufferPointer<Float>) -> R
  ) -> R {
    if tensor.type == .float32 { return tensor.withElements(of: Float.self, body) }
    return tensor.floats.withUnsafeBufferPointer(body)
  }
}
