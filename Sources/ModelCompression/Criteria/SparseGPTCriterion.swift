import NetworkGraph
import Tensors

/// SparseGPT (2301.00774, algorithm 1), which is optimal brain surgery column by column: of each block
/// of 128 columns the weights with the lowest w^2 / U_jj^2 go, and the columns that follow make up for
/// it (``ColumnCompensation``), with H = E[x x^T] + 0.01 x mean(diagonal) x I.
///
/// Counts are exact: after each block, and after each group of a grouped convolution, as many weights
/// have gone as round-half-even(count x share of the weights seen); of equal scores the lower column
/// goes first, then the lower row. (The reference code prunes all scores up to the threshold instead.)
/// Weights of inputs that were always 0 score 0; the reference code sets all of them to 0.
public struct SparseGPTCriterion: CompensatingCriterion {
  /// `sparsegpt`.
  public let name = "sparsegpt"
  /// For the screen.
  public let summary = "what the inputs miss least goes, and the rest makes up for it"
  /// Products of input columns.
  public let needs: Set<StatisticsNeed> = [.inputProducts]
  /// Columns of a block.
  static let block = 128
  /// The share of the mean diagonal of H that is added to the diagonal.
  static let damp = 0.01

  /// Makes the criterion.
  public init() {}

  /// w^2 / U_jj^2 of the weights as they are: what is ranked when patterns or other layers decide.
  public func scores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    let matrix = LayerMatrix(input.layer)
    let weights = input.weights.array(of: Float.self)
    var scores = [Float](repeating: 0, count: weights.count)
    for group in 0..<matrix.groups {
      let products = try matrix.products(of: input.statistics, layer: input.layer, group: group)
      let compensation = try EngineError.uncancelled {
        try ColumnCompensation(
          products: products, columns: matrix.columns, block: Self.block, damp: Self.damp,
          isCancelled: { false })
      }
      for column in 0..<matrix.columns {
        let diagonal = compensation.diagonal(column)
        for row in 0..<matrix.rows where !compensation.isDead[column] {
          let index = matrix.index(group: group, row: row, column: column)
          let weight = Double(weights[index])
          scores[index] = Float(weight * weight / (diagonal * diagonal))
        }
      }
    }
    return scores
  }

  /// The lowest of each block go.
  public func compensated(
    _ input: ScoringInput, prunedCount: Int, isCancelled: @escaping () -> Bool
  ) throws -> [Float] {
    let matrix = LayerMatrix(input.layer)
    var seen = 0
    var pruned = 0
    return try compensated(input, matrix, isCancelled) { group, columns, weights, compensation in
      seen += columns.count * matrix.rows
      let share = Double(seen) / Double(max(input.weights.count, 1))
      let due = min(
        PruneMask.prunedCount(amount: share, of: prunedCount) - pruned,
        columns.count * matrix.rows)
      pruned += due
      var scores: [Float] = []
      scores.reserveCapacity(columns.count * matrix.rows)
      for column in columns {
        let diagonal = compensation.diagonal(column)
        for row in 0..<matrix.rows {
          let weight = weights[row * matrix.columns + column] / diagonal
          scores.append(compensation.isDead[column] ? 0 : Float(weight * weight))
        }
      }
      return PruneMask(scores: scores, prunedCount: due).keeps
    }
  }

  /// What is given stays.
  public func compensated(
    _ input: ScoringInput, keeps: [Bool], isCancelled: @escaping () -> Bool
  ) throws -> [Float] {
    let matrix = LayerMatrix(input.layer)
    return try compensated(input, matrix, isCancelled) { group, columns, _, _ in
      columns.flatMap { column in
        (0..<matrix.rows).map { keeps[matrix.index(group: group, row: $0, column: column)] }
      }
    }
  }

  /// - Parameter choose: Which weights of a block stay, column by column; it gets the group, the columns,
  ///   the group's weights as they are then, row by row, and the factors.
  private func compensated(
    _ input: ScoringInput, _ matrix: LayerMatrix, _ isCancelled: @escaping () -> Bool,
    choose: (Int, Range<Int>, UnsafePointer<Double>, ColumnCompensation) -> [Bool]
  ) throws -> [Float] {
    var result = input.weights.array(of: Float.self)
    let original = result
    for group in 0..<matrix.groups {
      let products = try matrix.products(of: input.statistics, layer: input.layer, group: group)
      let compensation = try ColumnCompensation(
        products: products, columns: matrix.columns, block: Self.block, damp: Self.damp,
        isCancelled: isCancelled)
      var weights = matrix.gathered(original, group: group)
      var keeps: [Bool] = []
      var first = 0
      try compensation.run(
        &weights, rows: matrix.rows, isCancelled: isCancelled,
        beforeBlock: { columns, weights in
          first = columns.lowerBound
          keeps = choose(group, columns, weights, compensation)
        },
        settle: { row, column, weights in
          keeps[(column - first) * matrix.rows + row] ? weights[column] : 0
        })
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns {
          result[matrix.index(group: group, row: row, column: column)] = Float(
            weights[row * matrix.columns + column])
        }
      }
    }
    return result
  }
}
