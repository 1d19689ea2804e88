import NetworkGraph

/// The network that repair brings a smaller one back to: the same one before channels were removed.
struct RepairReference: Sendable {
  /// The network, with a bias of its own at each layer of the sites.
  let graph: NetworkGraph
  /// Its sites.
  let sites: RepairSites
  /// The output channels that are left of each layer, by name.
  let kept: [String: [Int]]
}
