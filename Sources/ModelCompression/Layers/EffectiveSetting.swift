/// All that a layer's result depends on besides its weights: the key to remember results by.
public struct EffectiveSetting: Sendable, Hashable {
  /// The layer's setting.
  public var setting: LayerSetting
  /// How many of the layer's units go (weights; channels or blocks where the pattern says so), decided
  /// over all layers; nil when the setting decides.
  public var prunedCount: Int?
  /// The seed of everything random in the layer; 0 where nothing is.
  public var seed: UInt64

  /// Makes an effective setting.
  public init(_ setting: LayerSetting, prunedCount: Int? = nil, seed: UInt64 = 0) {
    self.setting = setting
    self.prunedCount = prunedCount
    self.seed = seed
  }
}
