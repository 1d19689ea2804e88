/// Layers that lose channels together, because residual additions, depthwise convolutions or shared
/// values tie their channels.
///
/// What is removed is a *unit*: channels that go together. Usually a unit is one channel of each layer
/// of the group; an attention head is a unit of as many channels as it has, and where a shortcut pads
/// channels, a unit is in some of the layers only.
public struct ChannelGroup: Sendable, Hashable, Identifiable {
  /// A layer of the group.
  public struct Member: Sendable, Hashable {
    /// The layer's name.
    public let layer: String
    /// The number of its channels.
    public let channels: Int
    /// The unit that each channel belongs to, by index below ``ChannelGroup/unitCount``; nil for
    /// channels that have to stay.
    public let units: [Int?]

    /// Makes a member.
    public init(layer: String, channels: Int, units: [Int?]) {
      self.layer = layer
      self.channels = channels
      self.units = units
    }
  }

  /// The name: that of its first layer.
  public let name: String
  /// The layers in graph order.
  public let members: [Member]
  /// How many units can be removed, one of them at least has to stay.
  public let unitCount: Int
  /// Why channels have to stay, such as `feeds a graph output ('logits')`; nil when none has to.
  public let refusal: String?
  /// What makes the removal of channels differ from setting them to 0, such as `Sigmoid`; nil when
  /// nothing does.
  public let inexact: String?

  /// The same as the name: groups have different first layers.
  public var id: String { name }
  /// Whether channels can be removed.
  public var isRemovable: Bool { unitCount > 1 }

  /// Makes a group.
  public init(
    name: String, members: [Member], unitCount: Int, refusal: String?, inexact: String?
  ) {
    self.name = name
    self.members = members
    self.unitCount = unitCount
    self.refusal = refusal
    self.inexact = inexact
  }
}
