/// The evidence of the samples measured so far, in evaluation order.
public struct TaskSamples: Sendable {
  /// The samples: indices in the data.
  public private(set) var samples: [Int] = []
  /// What the original network says of each.
  public private(set) var baseline: [SampleEvidence] = []
  /// What the plan says of each.
  public private(set) var plan: [SampleEvidence] = []
  /// Whether no more samples follow: then the result has its interval, which partial results may lack.
  public var isFinal = false
  /// Whether nobody waits for the result any more.
  public var isCancelled: @Sendable () -> Bool = { false }

  /// No samples.
  public init() {}

  /// Adds a sample.
  public mutating func add(sample: Int, baseline: SampleEvidence, plan: SampleEvidence) {
    samples.append(sample)
    self.baseline.append(baseline)
    self.plan.append(plan)
  }

  /// Adds a sample.
  mutating func add(_ evidence: PairedEvidence) {
    add(sample: evidence.sample, baseline: evidence.baseline, plan: evidence.plan)
  }

  /// Number of samples.
  public var count: Int { samples.count }
}
