import OrderedCollections

extension ActivationQuantization {
  /// What differs from a new setting; the bits always.
  var tree: PlanTree {
    let standard = ActivationQuantization()
    var entries: OrderedDictionary<String, PlanTree> = ["bits": .literal("\(bits)")]
    if range != standard.range {
      entries["range"] = range.tree(RangeRegistry.standard[range.name]?.options ?? [])
    }
    if mode != standard.mode { entries["mode"] = .text(mode.rawValue) }
    if scheme != standard.scheme { entries["scheme"] = .text(scheme.rawValue) }
    return .map(entries)
  }
}
