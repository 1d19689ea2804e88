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

  /// Goes over the weights.
  ///
  /// - Parameters:
  ///   - previous: The layer's weights before, when an earlier picture has counted them.
  ///   - pause: Called every few milliseconds; may throw.
  mutating func gather(
    _ report: LayerReport, layer: CompressibleLayer, before previous: WeightHistogram? = nil,
    pause: () throws -> Void
  ) rethrows {
    // Untouched layers are the same twice.
    let isSame = report.setting.isUntouched && report.sqnr == .infinity
    let range: ClosedRange<Float>
    if let previous {
      before = previous
      range = previous.range
    } else {
      range = try Self.range(of: report.before, pause)
      before = WeightHistogram(range: range)
      if !isSame { try Self.forEachBlock(report.before, pause) { block, _ in before.add(block) } }
    }
    after = WeightHistogram(range: range)
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
    // Integers that order like the floats: without branches, so that it becomes vector code.
    var lowest = Int32.max
    var highest = Int32.min
    try forEachBlock(tensor, pause) { block, _ in
      var (low, high) = (Int32.max, Int32.min)
      for index in 0..<block.count {
        let key = orderKey(block[index])
        low = key < low ? key : low
        high = key > high ? key : high
      }
      if low < orderKey(-.greatestFiniteMagnitude) || high > orderKey(.greatestFiniteMagnitude) {
        let finite = block.lazy.filter(\.isFinite).map { orderKey($0) }
        (low, high) = (finite.min() ?? .max, finite.max() ?? .min)
      }
      lowest = min(lowest, low)
      highest = max(highest, high)
    }
    let (low, high) = (number(lowest), number(highest))
    guard lowest <= highest else { return -1...1 }
    return low < high ? low...high : (low - 0.5)...(high + 0.5)
  }

  /// An integer that orders like the number; all bits but the sign turned over for negative ones.
  private static func orderKey(_ number: Float) -> Int32 {
    let bits = Int32(bitPattern: number.bitPattern)
    return bits ^ ((bits &>> 31) & Int32.max)
  }

  /// The number of a key.
  private static func number(_ key: Int32) -> Float {
    Float(bitPattern: UInt32(bitPattern: key ^ ((key &>> 31) & Int32.max)))
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
