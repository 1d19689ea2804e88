import NetworkGraph
import Tensors

extension ChannelRemoval {
  /// Which units of each group go.
  ///
  /// A unit's score is the sum of its channels' scores. Of the units that are in the same layers, the
  /// share that the amount asks for goes, lowest scores first, ties by lower index; a whole group
  /// loses round-half-even(amount x units) and what is left over goes to the largest remainders. Units
  /// are then taken back, highest scores first, until every axis keeps a channel and every layer a
  /// multiple of ``multiple``.
  func chosen(
    _ groups: ChannelGroups, amounts: [Double], scores: [[Double]]
  ) -> [Set<Int>] {
    var removed: [Set<Int>] = []
    for (index, group) in groups.groups.enumerated() {
      removed.append(
        group.isRemovable ? Self.lowest(group, amount: amounts[index], scores[index]) : [])
    }
    removed = groups.keepingOne(of: removed, scores: scores)
    for (index, group) in groups.groups.enumerated() where multiple > 1 {
      roundUp(group, &removed[index], scores[index])
    }
    return removed
  }

  /// How many channels of each member a unit takes.
  private static func counts(_ group: ChannelGroup) -> [[Int]] {
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: group.members.count), count: group.unitCount)
    for (place, member) in group.members.enumerated() {
      for case .some(let unit) in member.units { counts[unit][place] += 1 }
    }
    return counts
  }

  private static func lowest(
    _ group: ChannelGroup, amount: Double, _ scores: [Double]
  ) -> Set<Int> {
    let counts = counts(group)
    var kinds: [[Int]: [Int]] = [:]
    for unit in 0..<group.unitCount { kinds[counts[unit], default: []].append(unit) }
    let ordered = kinds.values.sorted { $0[0] < $1[0] }
    let total = Int((amount * Double(group.unitCount)).rounded(.toNearestOrEven))
    let shares = ordered.map { amount * Double($0.count) }
    var numbers = shares.map { Int($0.rounded(.down)) }
    let byRemainder = shares.indices.sorted {
      let (a, b) = (shares[$0] - Double(numbers[$0]), shares[$1] - Double(numbers[$1]))
      return a == b ? $0 < $1 : a > b
    }
    for kind in byRemainder.prefix(max(total - numbers.reduce(0, +), 0)) {
      numbers[kind] = min(numbers[kind] + 1, ordered[kind].count)
    }
    var removed = Set<Int>()
    for (units, number) in zip(ordered, numbers) {
      removed.formUnion(
        units.sorted { (scores[$0], $0) < (scores[$1], $1) }.prefix(number))
    }
    return removed
  }

  /// Takes units back until each layer keeps a multiple.
  private func roundUp(_ group: ChannelGroup, _ removed: inout Set<Int>, _ scores: [Double]) {
    let counts = Self.counts(group)
    while true {
      let place = group.members.indices.first { place in
        let gone = removed.reduce(0) { $0 + counts[$1][place] }
        return gone > 0 && (group.members[place].channels - gone) % multiple != 0
      }
      guard let place else { return }
      let back = removed.filter { counts[$0][place] > 0 }
        .max { (scores[$0], -$0) < (scores[$1], -$1) }
      guard let back else { return }
      removed.remove(back)
    }
  }
}
