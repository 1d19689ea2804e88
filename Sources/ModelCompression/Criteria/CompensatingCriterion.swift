import Tensors

/// A criterion that changes the weights that stay, to make up for those that go.
public protocol CompensatingCriterion: ImportanceCriterion {
  /// The weights afterwards in stored order; those that go are 0.
  ///
  /// - Parameters:
  ///   - input: What the weights are scored by.
  ///   - prunedCount: How many weights go; exactly as many do.
  ///   - isCancelled: Asked every few milliseconds.
  /// - Throws: ``EngineError`` when the input lacks what the criterion needs; `CancellationError`.
  func compensated(
    _ input: ScoringInput, prunedCount: Int, isCancelled: @escaping () -> Bool
  ) throws -> [Float]

  /// The weights afterwards when it is settled which ones stay.
  ///
  /// - Parameters:
  ///   - keeps: Whether each weight stays, in stored order.
  ///   - isCancelled: Asked every few milliseconds.
  /// - Throws: As ``compensated(_:prunedCount:isCancelled:)``.
  func compensated(
    _ input: ScoringInput, keeps: [Bool], isCancelled: @escaping () -> Bool
  ) throws -> [Float]
}
