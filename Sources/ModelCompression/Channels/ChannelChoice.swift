/// The units that a plan takes out of each channel group.
public struct ChannelChoice: Sendable, Hashable {
  /// The units that go, for each group in the order of the graph's channel groups.
  public let removed: [Set<Int>]
  /// The fraction that was asked for, for each group.
  public let amounts: [Double]
  /// What the plan names that is not there, or asks for and does not get.
  public let notices: [String]
}
