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
    self.init(report: report, parts: PictureParts(report, layer: layer))
  }

  /// The same for a background thread, which may be told to stop.
  ///
  /// - Parameters:
  ///   - previous: The picture before: of the same layer its weights before are counted already.
  ///   - isCancelled: Asked every few milliseconds.
  /// - Throws: `CancellationError`.
  public init(
    report: LayerReport, layer: CompressibleLayer, previous: LayerPicture?,
    isCancelled: () -> Bool
  ) throws {
    var parts = PictureParts(empty: report, layer: layer)
    let before = previous?.name == report.name ? previous?.before : nil
    try parts.gather(report, layer: layer, before: before) {
      if isCancelled() { throw CancellationError() }
    }
    self.init(report: report, parts: parts)
  }

  private init(report: LayerReport, parts: PictureParts) {
    name = report.name
    setting = report.setting
    sparsity = report.sparsity
    storedBytes = report.storedBytes
    originalBytes = report.originalBytes
    sqnr = report.sqnr
    cutOff = report.cutOff
    levels = report.levels
    before = parts.before
    after = parts.after
    grid = parts.grid
  }
}
