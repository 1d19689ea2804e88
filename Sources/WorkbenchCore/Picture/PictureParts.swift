import Evaluation
import NetworkGraph
import Tensors

/// The histograms and the grid of a picture, gathered block by block.
struct PictureParts {
  private(set) var before: WeightHistogram
  private(set) var after: WeightHistogram
  private(set) var grid: HeatGrid

  /// Nothing is gathered yet.
  init(empty report: LayerReport, layer: CompressibleLayer) {
    before = WeightHistogram(range: -1...1)
    after = before
    grid = HeatGrid(layer: layer)
  }

  /// Everything at once.
  init(_ report: LayerReport, layer: CompressibleLayer) {
    self.init(empty: report, layer: layer)
    gather(report, layer: layer) {}
  }

  /// Goes over the weights; `pause` is called every few milliseconds and may throw.
  mutating func gather(
    _ report: LayerReport, layer: CompressibleLayer, pause: () throws -> Void
  ) rethrows {
    let range = try Self.range(of: report.before, pause)
    before = WeightHistogram(range: range)
    after = before
    // Untouched layers are the same twice.
    let isSame = report.sqnr == .infinity && report.setting.isUntouched
    if !isSame { try Self.forEachBlock(report.before, pause) { block, _ in before.add(block) } }
    try Self.forEachBlock(report.after, pause) { block, first in
      after.add(block)
      grid.add(block, at: first)
    }
    if isSame { before = after }
  }

  /// The smallest and largest finite weight; a little room around zero when they are equal.
  private static func range(
    of tensor: Tensor, _ pause: () throws -> Void
  ) rethrows -> ClosedRange<Float> {
    var low = Float.infinity
    var high = -Float.infinity
    try forEachBlock(tensor, pause) { block, _ in
      for weight in block where weight.isFinite {
        low = weight < low ? weight : low
        high = weight > high ? weight : high
      }
    }
    guard low <= high else { return -1...1 }
    return low < high ? low...high : (low - 0.5)...(high + 0.5)
  }

  /// Calls `body` with the float weights in blocks of a few milliseconds' work at most.
  private static func forEachBlock(
    _ tensor: Tensor, _ pause: () throws -> Void,
    _ body: (UnsafeBufferPointer<Float>, Int) -> Void
  ) rethrows {
    guard tensor.type == .float32 else {
      try pause()
      return tensor.floats.withUnsafeBufferPointer { body($0, 0) }
    }
    try tensor.forEachBlock { block, first in
      if first % (1 << 19) == 0 { try pause() }
      body(block, first)
    }
  }
}
