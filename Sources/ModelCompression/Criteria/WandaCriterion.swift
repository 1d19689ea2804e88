import Tensors

/// Wanda: S_ij = |W_ij| x ||X_j||_2, compared within each output channel, over calibration samples.
///
/// Sun and others 2024, arXiv:2306.11695, equation 1.
/// The norm is taken as the root mean square of the input column, sqrt(E[x_j^2]): within a layer that
/// is the same order, and layers with more output positions weigh no more when they are ranked together.
/// In double precision, rounded to float32.
public struct WandaCriterion: ImportanceCriterion {
  /// `wanda`.
  public let name = "wanda"
  /// For the screen.
  public let summary = "the smallest |w| x input size in each output go"
  /// What goes into the layer.
  public let needs: Set<StatisticsNeed> = [.inputMoments]
  /// Each output channel by itself.
  public let comparison = ScoreComparison.row

  /// Makes the criterion.
  public init() {}

  /// |W_ij| x sqrt(E[x_j^2]).
  public func scores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    let rows = WeightRows(input.layer)
    guard let squares = input.statistics?.inputSquare,
      squares.count == rows.groups * rows.columns
    else { throw input.missing("calibration shows no inputs of it") }
    let norms = squares.map { $0.squareRoot() }
    var scores = input.weights.array(of: Float.self)
    for row in 0..<rows.rows {
      let first = rows.group(ofRow: row) * rows.columns
      for column in 0..<rows.columns {
        let index = rows.index(row: row, column: column)
        scores[index] = Float(Double(scores[index].magnitude) * norms[first + column])
      }
    }
    return scores
  }
}
