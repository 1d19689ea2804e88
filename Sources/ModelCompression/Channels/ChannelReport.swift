import NetworkGraph

/// What channel removal did to each group, and to the network.
public struct ChannelReport: Sendable, Hashable {
  /// A layer before and after.
  public struct Member: Sendable, Hashable {
    /// The layer's name.
    public let layer: String
    /// The number of channels before.
    public let channels: Int
    /// The channels that stay, by index before the removal, in order.
    public let kept: [Int]
  }

  /// A group before and after.
  public struct Group: Sendable, Hashable {
    /// The group's name.
    public let name: String
    /// The fraction that was asked for.
    public let amount: Double
    /// Units that could go.
    public let units: Int
    /// Units that went.
    public let removed: Int
    /// The layers.
    public let members: [Member]
    /// Why channels have to stay; nil when none has to.
    public let refusal: String?
    /// What makes the network differ from one with these channels at 0; nil when nothing does.
    public let inexact: String?
  }

  /// The groups in graph order, those that nothing was removed from too.
  public var groups: [Group]
  /// Numbers in the float constants of the graph before.
  public var parametersBefore: Int
  /// And after.
  public var parametersAfter: Int
  /// Multiply-adds of one sample before; nil when they were not counted.
  public var multiplyAddsBefore: Int?
  /// And after.
  public var multiplyAddsAfter: Int?
  /// What the plan names that is not there, or asks for and does not get.
  public var notices: [String]
}

extension NetworkGraph {
  /// Numbers in the float constants of the graph: weights, biases, normalization.
  public var floatParameters: Int {
    let stored = initializers.values.lazy.filter { $0.type.isFloat }.reduce(0) { $0 + $1.count }
    return nodes.lazy.compactMap(\.constantValue).filter { $0.type.isFloat }
      .reduce(stored) { $0 + $1.count }
  }
}
