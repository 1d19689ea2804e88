import OrderedCollections

extension ChannelRemoval {
  /// What differs from a new value; the amount always, but where groups alone have one.
  var tree: PlanTree {
    let standard = ChannelRemoval(amount: amount)
    var entries: OrderedDictionary<String, PlanTree> = [:]
    if amount != 0 || groups.isEmpty { entries["amount"] = .literal("\(amount)") }
    if criterion != standard.criterion { entries["criterion"] = .text(criterion) }
    if multiple != standard.multiple { entries["multiple"] = .literal("\(multiple)") }
    if groups.isEmpty { return .map(entries) }
    entries["groups"] = .block(groups.mapValues { .literal("\($0)") })
    return .block(entries)
  }
}
