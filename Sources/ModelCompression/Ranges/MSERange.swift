/// The range with the least mean square error among shares of the one from smallest to largest number.
///
/// Shares are 1.00, 0.99, ... 0.21, as the reference code of GPTQ searches them
/// (`Quantizer.find_params` with `mse`), here with the square of the error; the first of the best counts.
public struct MSERange: RangeFinder {
  /// `mse`.
  public let name = "mse"
  /// For the screen.
  public let summary = "the range with the least square error"
  /// Shares tried are multiples of 1 / `steps`.
  static let steps = 100
  /// How many are tried.
  static let tries = 80

  /// Makes the finder.
  public init() {}

  /// Every bin counts as its centre.
  public func range(of histogram: ValueHistogram, for grid: CodeGrid) -> ValueRange {
    let points = histogram.counts.indices.lazy.filter { histogram.counts[$0] > 0 }.map { index in
      (
        value: (histogram.edges[index] + histogram.edges[index + 1]) / 2,
        weight: Double(histogram.counts[index])
      )
    }
    let values = points.map(\.value)
    let weights = points.map(\.weight)
    return Self.best(
      of: ValueRange(low: histogram.minimum, high: histogram.maximum), for: grid
    ) { decode in
      zip(values, weights).reduce(0) { sum, point in
        let error = Double(point.0 - decode(point.0))
        return sum + point.1 * error * error
      }
    }
  }

  /// The exact error.
  public func range(of values: [Float], for grid: CodeGrid) -> ValueRange {
    let full = MinMaxRange().range(of: values, for: grid)
    if case .integers(let bits, let isSymmetric) = grid {
      let highest = Float(isSymmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1)
      return Self.best(of: full) { range in
        let (scale, zero) = grid.parameters(for: range)
        return values.withUnsafeBufferPointer {
          WeightKernels.squaredError(
            $0, scale: scale, zero: zero, lowest: isSymmetric ? -highest : 0, highest: highest)
        }
      }
    }
    return Self.best(of: full, for: grid) { decode in
      values.reduce(0) { sum, value in
        let error = Double(value - decode(value))
        return sum + error * error
      }
    }
  }

  private static func best(
    of full: ValueRange, for grid: CodeGrid, error: (_ decode: (Float) -> Float) -> Double
  ) -> ValueRange {
    best(of: full) { range in
      let (scale, zero) = grid.parameters(for: range)
      return error(grid.decoder(scale: scale, zeroPoint: zero))
    }
  }

  /// The first of the ranges with the least error.
  private static func best(of full: ValueRange, error: (ValueRange) -> Double) -> ValueRange {
    var best = full
    var least = Double.infinity
    for step in 0..<tries {
      let share = 1 - Float(step) / Float(steps)
      let range = ValueRange(low: full.low * share, high: full.high * share)
      let sum = error(range)
      if sum < least {
        least = sum
        best = range
      }
    }
    return best
  }
}
