import NetworkGraph
import Tensors

/// What goes together in a layer under a setting, the units, and which of them go.
///
/// Units are single weights; or blocks of rows x columns of the weight as ``WeightRows`` sees it, the
/// last ones cut short; or output channels. Each has one score. With `keep` N of M a unit is a weight,
/// and every run of M weights along a row loses its lowest; a run that is cut short still keeps N.
struct PruneUnits {
  let setting: PruneSetting
  let criterion: any ImportanceCriterion
  let layer: CompressibleLayer
  private let rows: WeightRows

  /// The units of a layer.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan`.
  init(_ setting: PruneSetting, of layer: CompressibleLayer) throws(EngineError) {
    self.setting = setting
    self.layer = layer
    criterion = try setting.criterion(for: layer)
    rows = WeightRows(layer)
  }

  /// How many units there are.
  var count: Int {
    switch setting.pattern {
    case .unstructured, .keep: layer.parameters
    case .block(let height, let width):
      Self.parts(rows.rows, height) * Self.parts(rows.columns, width)
    case .channel: rows.rows
    }
  }

  private static func parts(_ length: Int, _ size: Int) -> Int { (length + size - 1) / size }

  // Scores.

  /// One score for each unit.
  func scores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    switch setting.pattern {
    case .unstructured, .keep: return try criterion.scores(input)
    case .channel:
      if let criterion = criterion as? any ChannelCriterion {
        return try criterion.channelScores(input)
      }
      return grouped(try criterion.scores(input), height: 1, width: rows.columns)
    case .block(let height, let width):
      return grouped(try criterion.scores(input), height: height, width: width)
    }
  }

  /// The scores of blocks, row by row; summed in double precision.
  private func grouped(_ scores: [Float], height: Int, width: Int) -> [Float] {
    let across = Self.parts(rows.columns, width)
    var sums = [Double](repeating: 0, count: Self.parts(rows.rows, height) * across)
    let isEuclidean = criterion.grouping == .euclidean
    for row in 0..<rows.rows {
      let first = row / height * across
      for column in 0..<rows.columns {
        let score = Double(scores[rows.index(row: row, column: column)])
        sums[first + column / width] += isEuclidean ? score * score : score
      }
    }
    return sums.map { Float(isEuclidean ? $0.squareRoot() : $0) }
  }

  // What goes.

  /// The weights that stay.
  ///
  /// - Parameters:
  ///   - scores: One for each unit.
  ///   - decided: How many units go, when that was decided over all layers.
  func mask(_ scores: [Float], decided: Int?) -> PruneMask {
    switch setting.pattern {
    case .keep(let kept, let length): return runMask(scores, kept: kept, of: length)
    case .unstructured where criterion.comparison == .row: return rowMask(scores, decided)
    case .unstructured: return PruneMask(scores: scores, prunedCount: unitCount(scores, decided))
    case .block(let height, let width):
      let units = PruneMask(scores: scores, prunedCount: unitCount(scores, decided))
      let across = Self.parts(rows.columns, width)
      return expanded { row, column in units.keeps[row / height * across + column / width] }
    case .channel:
      let units = PruneMask(scores: scores, prunedCount: unitCount(scores, decided))
      return expanded { row, _ in units.keeps[row] }
    }
  }

  /// How many of `scores` go.
  private func unitCount(_ scores: [Float], _ decided: Int?) -> Int {
    if let decided { return min(max(decided, 0), scores.count) }
    return switch setting.measure {
    case .percentile: PruneMask.prunedCounts(belowQuantile: setting.amount, pooling: [scores])[0]
    case .amount, .threshold: PruneMask.prunedCount(amount: setting.amount, of: scores.count)
    }
  }

  private func expanded(_ keeps: (_ row: Int, _ column: Int) -> Bool) -> PruneMask {
    var result = [Bool](repeating: true, count: layer.parameters)
    for row in 0..<rows.rows {
      for column in 0..<rows.columns where !keeps(row, column) {
        result[rows.index(row: row, column: column)] = false
      }
    }
    return PruneMask(keeps: result)
  }

  /// Each row loses the same share; what was decided for the layer is spread evenly over the rows.
  private func rowMask(_ scores: [Float], _ decided: Int?) -> PruneMask {
    var keeps = [Bool](repeating: true, count: scores.count)
    var row = [Float](repeating: 0, count: rows.columns)
    for number in 0..<rows.rows {
      for column in 0..<rows.columns {
        row[column] = scores[rows.index(row: number, column: column)]
      }
      let share = decided.map {
        $0 * (number + 1) / rows.rows - $0 * number / rows.rows
      }
      let mask = PruneMask(scores: row, prunedCount: unitCount(row, share))
      for column in 0..<rows.columns where !mask.keeps[column] {
        keeps[rows.index(row: number, column: column)] = false
      }
    }
    return PruneMask(keeps: keeps)
  }

  /// Every run of `length` along a row keeps its `kept` highest; of equal scores the earlier goes first.
  private func runMask(_ scores: [Float], kept: Int, of length: Int) -> PruneMask {
    var keeps = [Bool](repeating: true, count: scores.count)
    for row in 0..<rows.rows {
      var start = 0
      while start < rows.columns {
        let end = min(start + length, rows.columns)
        for _ in 0..<max(end - start - kept, 0) {
          var lowest: Int?
          for column in start..<end {
            let index = rows.index(row: row, column: column)
            guard keeps[index] else { continue }
            if lowest.map({ scores[index] < scores[$0] }) ?? true { lowest = index }
          }
          if let lowest { keeps[lowest] = false }
        }
        start = end
      }
    }
    return PruneMask(keeps: keeps)
  }
}
