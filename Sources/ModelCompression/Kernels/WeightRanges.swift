import Tensors

/// The largest weights that belong to each scale, as bits of their magnitudes.
struct WeightRanges {
  /// The largest positive weight (the largest magnitude when signs do not matter); 0 without one.
  private(set) var high: [UInt32]
  /// The largest magnitude of a negative weight; empty when signs do not matter.
  private(set) var low: [UInt32]

  /// The ranges when signs do not matter.
  var symmetric: [ValueRange] {
    high.map { ValueRange(low: 0, high: Float(bitPattern: $0)) }
  }

  /// The ranges when they do.
  var asymmetric: [ValueRange] {
    zip(high, low).map { high, low in
      ValueRange(
        low: low == 0 ? 0 : -Float(bitPattern: low), high: Float(bitPattern: high))
    }
  }

  /// Looks at the weights that `cut` keeps.
  ///
  /// - Throws: `CancellationError`.
  init(
    _ weights: Tensor, layout: ScaleLayout, cut: PruneCut, isSigned: Bool,
    isCancelled: () -> Bool
  ) throws {
    var high = [UInt32](repeating: 0, count: layout.count)
    var low = [UInt32](repeating: 0, count: isSigned ? layout.count : 0)
    try high.withUnsafeMutableBufferPointer { high in
      try low.withUnsafeMutableBufferPointer { low in
        try weights.forEachBlock { block, first in
          if first % (32 * Tensor.blockLength) == 0, isCancelled() { throw CancellationError() }
          layout.forEachRun(in: first..<(first + block.count)) { run, scale, step in
            cut.forEachPart(of: run) { part, bound in
              let weights = UnsafeBufferPointer(
                rebasing: block[(part.lowerBound - first)..<(part.upperBound - first)])
              let place = scale + step * (part.lowerBound - run.lowerBound)
              Self.add(
                weights, bound, high: high, low: isSigned ? low : nil, at: place, step: step)
            }
          }
        }
      }
    }
    self.high = high
    self.low = low
  }

  @inline(__always)
  private static func add(
    _ weights: UnsafeBufferPointer<Float>, _ bound: UInt32,
    high: UnsafeMutableBufferPointer<UInt32>, low: UnsafeMutableBufferPointer<UInt32>?,
    at place: Int, step: Int
  ) {
    switch (low, step) {
    case (nil, 0):
      high[place] = max(high[place], WeightKernels.largest(weights, bound: bound))
    case (nil, _):
      WeightKernels.raise(UnsafeMutableBufferPointer(rebasing: high[place...]), weights, bound)
    case (let low?, 0):
      let extremes = WeightKernels.extremes(weights, bound: bound)
      high[place] = max(high[place], extremes.high)
      low[place] = max(low[place], extremes.low)
    case (let low?, _):
      WeightKernels.raise(
        high: UnsafeMutableBufferPointer(rebasing: high[place...]),
        low: UnsafeMutableBufferPointer(rebasing: low[place...]), weights, bound)
    }
  }
}
