import ModelCompression

/// What a search is asked for: a goal, what it may do to the layers, and what it must leave alone.
public struct PlanSearch: Sendable, Hashable {
  /// What the plan has to reach.
  public enum Goal: Sendable, Hashable {
    /// At most this many bytes: the model's file with every weight in its smallest encoding, as
    /// ``SizeSummary/stored``.
    case maxSize(bytes: Int)
    /// At most this many stored bits for each weight of the compressible layers, scales, zero points
    /// and masks included.
    case averageBits(Double)
    /// At most this many multiply-adds that meet a nonzero weight, for one sample.
    case maxMultiplyAdds(Int)
    /// The smallest size that loses at most this many points (hundredths): of top-1 with labels, of
    /// agreement without, of cosine where outputs are no class scores.
    case maxDrop(points: Double)
  }

  /// The bits that a search chooses from unless told otherwise.
  public static let defaultBits = [8, 7, 6, 5, 4, 3, 2]
  /// The pruning amounts that a search chooses from unless told otherwise; 0 is no pruning.
  public static let defaultAmounts = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

  /// What the plan has to reach.
  public var goal: Goal
  /// Bit widths that a layer may get; a layer may always stay as it is.
  public var bits: [Int]
  /// Pruning amounts that a layer may get, alone or with any of the bit widths.
  public var amounts: [Double]
  /// Layers that keep what ``start`` gives them, besides those that ``start`` pins itself.
  public var pinned: [String]
  /// Layers that get one setting together.
  public var groups: [[String]]
  /// Decides which images are searched on and which are reported on.
  public var seed: Int
  /// Images that are set aside for the report; nil for half of them.
  public var reportImages: Int?
  /// Where the search starts: settings of pinned layers, criteria, schemes and granularities of the
  /// others, and everything of the plan file that is not about layers.
  public var start: CompressionPlan

  /// A search over all layers with the usual settings, unless told otherwise.
  public init(
    goal: Goal, bits: [Int] = PlanSearch.defaultBits,
    amounts: [Double] = PlanSearch.defaultAmounts, pinned: [String] = [],
    groups: [[String]] = [], seed: Int = 0, reportImages: Int? = nil,
    start: CompressionPlan = CompressionPlan()
  ) {
    self.goal = goal
    self.bits = bits
    self.amounts = amounts
    self.pinned = pinned
    self.groups = groups
    self.seed = seed
    self.reportImages = reportImages
    self.start = start
  }
}
