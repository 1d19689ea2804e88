import Tensors

/// A criterion that scores whole output channels: pattern `channel` uses the scores as they are, and
/// where weights go one by one every weight has the score of its channel.
public protocol ChannelCriterion: ImportanceCriterion {
  /// One score for each output channel.
  ///
  /// - Throws: ``EngineError`` when the input lacks what the criterion needs.
  func channelScores(_ input: ScoringInput) throws(EngineError) -> [Float]
}

extension ChannelCriterion {
  /// The channel's score for each weight.
  public func scores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    let channels = try channelScores(input)
    let rows = WeightRows(input.layer)
    return [Float](unsafeUninitializedCapacity: input.layer.parameters) { scores, count in
      for row in 0..<rows.rows {
        for column in 0..<rows.columns {
          scores.initializeElement(at: rows.index(row: row, column: column), to: channels[row])
        }
      }
      count = input.layer.parameters
    }
  }
}
