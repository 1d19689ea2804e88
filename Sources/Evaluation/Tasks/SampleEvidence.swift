/// What a task keeps of one network's outputs for one sample: the few numbers that its figures are made
/// of, such as the cosine of a pair of embeddings, or the corners of the boxes that were found.
///
/// Each ``EvaluationMeasure`` decides what the numbers mean. They are kept for every sample, so that
/// figures that are no mean over samples can be computed again at any time.
public struct SampleEvidence: Sendable, Hashable {
  /// The numbers.
  public let values: [Double]

  /// Keeps `values`.
  public init(_ values: [Double]) { self.values = values }
}
