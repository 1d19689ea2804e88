import OrderedCollections

/// Makes groups of layers from the channels that a tracer tied.
struct ChannelGrouping {
  let tracer: ChannelTracer
  let roots: [Int]

  /// A layer with the set that each of its channels belongs to; empty for a layer of one channel.
  private struct Layer {
    let name: String
    let channels: Int
    let sets: [Int]
  }

  /// The groups, and the set of each unit of each group.
  func groups() -> (groups: [ChannelGroup], units: [[Int]]) {
    let layers = tracer.layers.map { layer -> Layer in
      let axis = ChannelTracer.channelAxis(of: layer)
      let channels = tracer.values[layer.weight]?[axis]?.channels ?? []
      return Layer(
        name: layer.name, channels: layer.shape[axis], sets: channels.map { roots[$0] })
    }
    let refusals = first(tracer.refusals)
    let inexact = first(tracer.inexact)
    var groups: [ChannelGroup] = []
    var units: [[Int]] = []
    for members in connected(layers) {
      let (group, sets) = group(
        members.map { layers[$0] }, refusals: refusals, inexact: inexact)
      groups.append(group)
      units.append(sets)
    }
    return (groups, units)
  }

  private func group(
    _ layers: [Layer], refusals: [Int: String], inexact: [Int: String]
  ) -> (ChannelGroup, [Int]) {
    // Sets in the order in which the layers name them: a unit has the index of its first channel.
    var places: OrderedDictionary<Int, Int> = [:]
    for layer in layers {
      for set in layer.sets where refusals[set] == nil && places[set] == nil {
        places[set] = places.count
      }
    }
    let all = layers.flatMap(\.sets)
    var refusal = all.lazy.compactMap { refusals[$0] }.first
    if refusal == nil, places.count < 2 {
      refusal = all.isEmpty ? "has a single channel" : "all its channels are tied to each other"
    }
    let members = layers.map { layer in
      ChannelGroup.Member(
        layer: layer.name, channels: layer.channels,
        units: layer.sets.isEmpty ? [nil] : layer.sets.map { places[$0] })
    }
    let group = ChannelGroup(
      name: layers[0].name, members: members, unitCount: places.count, refusal: refusal,
      inexact: places.keys.lazy.compactMap { inexact[$0] }.first)
    return (group, Array(places.keys))
  }

  /// The first reason of each set.
  private func first(_ reasons: [(channel: Int, reason: String)]) -> [Int: String] {
    var result: [Int: String] = [:]
    for (channel, reason) in reasons where result[roots[channel]] == nil {
      result[roots[channel]] = reason
    }
    return result
  }

  /// Layers that share a set, by index, in order.
  private func connected(_ layers: [Layer]) -> [[Int]] {
    var links = ChannelSets()
    _ = links.make(layers.count)
    var owner: [Int: Int] = [:]
    for (index, layer) in layers.enumerated() {
      for set in layer.sets {
        if let other = owner[set] { links.unite(other, index) } else { owner[set] = index }
      }
    }
    var result: OrderedDictionary<Int, [Int]> = [:]
    for index in layers.indices { result[links.root(index), default: []].append(index) }
    return Array(result.values)
  }
}
