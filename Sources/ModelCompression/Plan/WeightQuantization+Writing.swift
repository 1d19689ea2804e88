import OrderedCollections

extension WeightQuantization {
  /// What differs from a new setting; the bits always.
  var tree: PlanTree {
    let scheme = SchemeRegistry.standard[self.scheme.rawValue]
    var entries: OrderedDictionary<String, PlanTree> = ["bits": .literal("\(bits)")]
    if self.scheme != .symmetric { entries["scheme"] = .text(self.scheme.rawValue) }
    if scheme?.usesGranularity != false, granularity != scheme?.standardGranularity {
      switch granularity {
      case .tensor: entries["granularity"] = .text("tensor")
      case .channel: entries["granularity"] = .text("channel")
      case .group(let size): entries["granularity"] = .map(["group": .literal("\(size)")])
      }
    }
    if range != "minmax" {
      entries["range"] = range.tree(RangeRegistry.standard[range.name]?.options ?? [])
    }
    if method != "nearest" {
      entries["method"] = method.tree(RoundingRegistry.standard[method.name]?.options ?? [])
    }
    return .map(entries)
  }
}
