import Tensors

/// The outputs of one network for one sample.
public struct SampleOutputs: Sendable {
  /// The sample: its index in the data.
  public let sample: Int
  /// Outputs of the batch that holds the sample, by name, for each part of the samples.
  private let parts: [[String: Tensor]]
  /// The sample's row in the batch.
  private let row: Int
  /// Rows of the batch.
  private let batch: Int

  /// Picks a sample out of a batch.
  ///
  /// - Parameters:
  ///   - sample: The sample: its index in the data.
  ///   - parts: The outputs of its batch, for each half of pairs; one entry for all else.
  ///   - row: The sample's row in them.
  ///   - batch: How many rows there are.
  public init(sample: Int, parts: [[String: Tensor]], row: Int, of batch: Int) {
    self.sample = sample
    self.parts = parts
    self.row = row
    self.batch = batch
  }

  /// An output, without its batch axis and without copying; nil when there is none of this name, or when
  /// samples can't be told apart in it.
  ///
  /// - Parameters:
  ///   - name: The output's name.
  ///   - part: Which half of pairs, in `0..<EvaluationData.partCount`.
  public func output(_ name: String, part: Int = 0) -> Tensor? {
    guard parts.indices.contains(part), let tensor = parts[part][name], tensor.type != .string
    else { return nil }
    guard tensor.shape.first == batch else { return batch == 1 ? tensor : nil }
    return tensor.row(row)
  }
}
