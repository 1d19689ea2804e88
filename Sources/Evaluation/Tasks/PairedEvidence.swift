import Tensors

/// What a task keeps of both networks' outputs for one sample.
struct PairedEvidence: Sendable, Hashable {
  /// The sample: its index in the data.
  var sample: Int
  /// What the original network says.
  var baseline: SampleEvidence
  /// What the plan says.
  var plan: SampleEvidence
}

extension EvaluationMeasure {
  /// The evidence of the samples of a batch.
  ///
  /// - Parameters:
  ///   - parts: The batch's outputs by name, for each half of pairs.
  ///   - samples: The samples in its first rows: indices in the data.
  ///   - batch: Its rows.
  func evidence(
    of parts: [[String: Tensor]], samples: [Int], batch: Int
  ) throws(EngineError) -> [SampleEvidence] {
    var evidence: [SampleEvidence] = []
    for (row, sample) in samples.enumerated() {
      evidence.append(
        try self.evidence(of: SampleOutputs(sample: sample, parts: parts, row: row, of: batch)))
    }
    return evidence
  }
}
