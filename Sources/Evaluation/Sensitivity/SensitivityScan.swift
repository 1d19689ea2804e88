import ModelCompression

/// What a sensitivity scan is to measure: every layer at every setting of a list.
public struct SensitivityScan: Sendable, Hashable {
  /// Which layers are compressed while one layer is looked at.
  public enum Direction: String, Sendable, Hashable, CaseIterable {
    /// This layer alone.
    case alone
    /// All layers but this one, at the cell's setting.
    case allBut = "all-but"
  }

  /// One part of a scan that is shared out: the cells whose number leaves `index` when divided by
  /// `count`.
  public struct Shard: Sendable, Hashable {
    /// Which part, from 0.
    public var index: Int
    /// Number of parts.
    public var count: Int

    /// Makes a shard.
    public init(index: Int, count: Int) {
      self.index = index
      self.count = count
    }
  }

  /// The settings that each layer is measured at.
  public var settings: [LayerSetting]
  /// Names of the layers to measure; nil for all.
  public var layers: [String]?
  /// This layer alone compressed, or all but this one.
  public var direction: Direction
  /// How precisely.
  ///
  /// Settled counts are those of 32-bit floats, on the images whose class can change;
  /// drafts are run in bfloat16 where the processor is fast in it, and exactly elsewhere;
  /// drafts that stop early run the images that a draft's error could flip in 32-bit floats all the
  /// same. Auto is settled.
  public var precision: EvaluationPrecision
  /// Whether a cell ends as soon as its result is decided.
  public var stopsEarly: Bool
  /// Use the first so many images of the evaluation order; nil for all.
  public var limit: Int?
  /// The part to measure; nil for all of it.
  public var shard: Shard?

  /// An exact scan of every layer alone, unless told otherwise.
  public init(
    settings: [LayerSetting] = SensitivityScan.standardSettings, layers: [String]? = nil,
    direction: Direction = .alone, precision: EvaluationPrecision = .exact,
    stopsEarly: Bool = false, limit: Int? = nil, shard: Shard? = nil
  ) {
    self.settings = settings
    self.layers = layers
    self.direction = direction
    self.precision = precision
    self.stopsEarly = stopsEarly
    self.limit = limit
    self.shard = shard
  }

  /// Pruned to 30, 50, 70 and 90 %, then 8, 6, 4, 3 and 2 bits a channel.
  public static let standardSettings = settings(
    amounts: [0.3, 0.5, 0.7, 0.9], bits: [8, 6, 4, 3, 2])

  /// A setting for each amount of magnitude pruning, then one for each bit width.
  public static func settings(amounts: [Double], bits: [Int]) -> [LayerSetting] {
    amounts.map { LayerSetting(prune: PruneSetting(amount: $0)) }
      + bits.map { LayerSetting(weights: WeightQuantization(bits: $0)) }
  }
}
