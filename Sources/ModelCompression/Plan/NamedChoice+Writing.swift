import OrderedCollections

extension NamedChoice {
  /// The name, or the name with its options: the short form for the first option alone.
  func tree(_ known: [ChoiceOption]) -> PlanTree {
    guard !options.isEmpty else { return .text(name) }
    if options.count == 1, let first = known.first, let value = options[first.name] {
      return .map([name: value.tree])
    }
    var entries: OrderedDictionary<String, PlanTree> = [:]
    for option in known {
      if let value = options[option.name] { entries[option.name] = value.tree }
    }
    return .map([name: .map(entries)])
  }
}
