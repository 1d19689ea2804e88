import OrderedCollections

/// How many channels are taken out of each channel group, and which: the block `channels` of a plan.
///
/// Removal makes the network smaller for every runtime: it has the same layers with smaller shapes.
///
/// ```swift
/// let removal = ChannelRemoval(amount: 0.3, groups: ["layer1.0.conv1": 0.5])
/// let (smaller, report) = try removal.apply(to: channelGroups)
/// ```
public struct ChannelRemoval: Sendable, Hashable {
  /// The fraction of its channels that a group loses when ``groups`` does not name it, 0...1.
  public var amount: Double
  /// What decides which channels matter least: `magnitude` (mean |w| of a channel's weights), `l2`
  /// (root of the mean w^2), or the name of another criterion.
  public var criterion: String
  /// The number of channels that each layer keeps is a multiple of this, unless it keeps all.
  public var multiple: Int
  /// Amounts of single groups: by the name of one of the group's layers, or `re:<regex>` or
  /// `type:<op>` for the first layer of the group.
  public var groups: OrderedDictionary<String, Double>

  /// The same amount of every group by magnitude, unless told otherwise.
  public init(
    amount: Double, criterion: String = "magnitude", multiple: Int = 1,
    groups: OrderedDictionary<String, Double> = [:]
  ) {
    self.amount = amount
    self.criterion = criterion
    self.multiple = multiple
    self.groups = groups
  }

  /// Whether no channel is asked for.
  public var isEmpty: Bool { amount == 0 && groups.values.allSatisfy { $0 == 0 } }
}
