import OrderedCollections

extension WeightQuantization {
  /// What differs from a new setting; the bits always.
  var tree: PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = ["bits": .literal("\(bits)")]
    if scheme != .symmetric { entries["scheme"] = .text(scheme.rawValue) }
    switch granularity {
    case .tensor: entries["granularity"] = .text("tensor")
    case .channel: break
    case .group(let size): entries["granularity"] = .map(["group": .literal("\(size)")])
    }
    return .map(entries)
  }
}
