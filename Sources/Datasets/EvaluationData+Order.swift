extension EvaluationData {
  /// The items in the order in which a preview goes through them.
  ///
  /// A permutation that depends on the seed only. With labels it is class-balanced: the classes take
  /// turns, in order of their numbers, each in a shuffled order of its own, until they run out.
  public func previewOrder(seed: Int) -> [Int] {
    var random = SplitMix64(seed: seed)
    guard let labels else {
      var order = Array(0..<count)
      random.shuffle(&order)
      return order
    }
    var members: [Int: [Int]] = [:]
    for (index, label) in labels.enumerated() { members[label, default: []].append(index) }
    var classes: [[Int]] = []
    for label in members.keys.sorted() {
      var items = members[label] ?? []
      random.shuffle(&items)
      classes.append(items)
    }
    var order: [Int] = []
    order.reserveCapacity(count)
    var round = 0
    while !classes.isEmpty {
      for items in classes { order.append(items[round]) }
      round += 1
      classes.removeAll { $0.count <= round }
    }
    return order
  }
}
