/// Channels of weights and values as numbers, united where one can't be removed without the other
/// (a disjoint-set forest).
struct ChannelSets {
  private var parent: [Int] = []

  /// New channels, each alone.
  mutating func make(_ count: Int) -> [Int] {
    let first = parent.count
    parent.append(contentsOf: first..<(first + count))
    return Array(first..<(first + count))
  }

  /// The channel that stands for all that are united with this one: the oldest.
  mutating func root(_ channel: Int) -> Int {
    var channel = channel
    while parent[channel] != channel {
      parent[channel] = parent[parent[channel]]
      channel = parent[channel]
    }
    return channel
  }

  /// Ties two channels.
  mutating func unite(_ one: Int, _ other: Int) {
    let (a, b) = (root(one), root(other))
    parent[max(a, b)] = min(a, b)
  }

  /// The roots of all channels.
  mutating func roots() -> [Int] { parent.indices.map { root($0) } }
}
