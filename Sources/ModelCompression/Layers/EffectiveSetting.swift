/// All that a layer's result depends on besides its weights: the key to remember results by.
public struct EffectiveSetting: Sendable, Hashable {
  /// The layer's setting.
  public var setting: LayerSetting
  /// How many of the layer's weights go, decided over all layers; nil when the setting decides.
  public var prunedCount: Int?

  /// Makes an effective setting.
  public init(_ setting: LayerSetting, prunedCount: Int? = nil) {
    self.setting = setting
    self.prunedCount = prunedCount
  }
}
