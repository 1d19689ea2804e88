import Tensors

/// Filter pruning via geometric median (FPGM): the score of an output channel is the sum of its
/// distances to all others, sum_j ||W_o - W_j||_2.
///
/// Channels near the median are what others can stand in for, and go first (He and others 2019,
/// arXiv:1811.00250).
public struct GeometricMedianCriterion: ChannelCriterion {
  /// `fpgm`.
  public let name = "fpgm"
  /// For the screen.
  public let summary = "channels nearest to all others go"
  /// Every channel is compared with every other: beyond this it would take minutes.
  static let mostChannels = 8192

  /// Makes the criterion.
  public init() {}

  /// sum_j ||W_o - W_j||_2.
  ///
  /// - Complexity: O(channels x weights).
  public func channelScores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    let rows = WeightRows(input.layer)
    guard rows.rows <= Self.mostChannels else {
      throw input.missing("\(rows.rows) channels are too many to compare each with each")
    }
    let columns = rows.columns
    let stored = input.weights.array(of: Float.self)
    var values = stored
    for row in 0..<rows.rows {
      for column in 0..<columns {
        values[row * columns + column] = stored[rows.index(row: row, column: column)]
      }
    }
    var sums = [Double](repeating: 0, count: rows.rows)
    values.withUnsafeBufferPointer { values in
      for a in 0..<rows.rows {
        for b in (a + 1)..<max(rows.rows, a + 1) {
          let distance = Self.squaredDistance(values, a * columns, b * columns, columns)
            .squareRoot()
          sums[a] += distance
          sums[b] += distance
        }
      }
    }
    return sums.map { Float($0) }
  }

  private static func squaredDistance(
    _ values: UnsafeBufferPointer<Float>, _ a: Int, _ b: Int, _ count: Int
  ) -> Double {
    var sums = SIMD4<Double>.zero
    var index = 0
    while index + 4 <= count {
      let differences = SIMD4<Double>(
        Double(values[a + index] - values[b + index]),
        Double(values[a + index + 1] - values[b + index + 1]),
        Double(values[a + index + 2] - values[b + index + 2]),
        Double(values[a + index + 3] - values[b + index + 3]))
      sums += differences * differences
      index += 4
    }
    while index < count {
      let difference = Double(values[a + index] - values[b + index])
      sums[0] += difference * difference
      index += 1
    }
    return sums.sum()
  }
}
