import OrderedCollections

extension PruneSetting {
  /// What differs from a new setting; how much goes always.
  var tree: PlanTree {
    let standard = PruneSetting(amount: amount)
    var entries: OrderedDictionary<String, PlanTree> = [:]
    if case .keep = pattern {
      // The pattern says the amount.
    } else {
      switch measure {
      case .amount: entries["amount"] = .literal("\(amount)")
      case .percentile: entries["percentile"] = .literal("\(percentile)")
      case .threshold: entries["threshold"] = .literal("\(amount)")
      }
    }
    if criterion != standard.criterion { entries["criterion"] = .text(criterion) }
    if alpha != standard.alpha { entries["alpha"] = .literal("\(alpha)") }
    if pattern != standard.pattern { entries["pattern"] = pattern.tree }
    if scope != standard.scope { entries["scope"] = .text(scope.rawValue) }
    if normalization != standard.normalization {
      entries["normalize"] = .text(normalization.rawValue)
    }
    if refit { entries["refit"] = .literal("true") }
    return .map(entries)
  }

  /// The percentile that reads back as exactly this amount.
  private var percentile: Double {
    let product = amount * 100
    return [product.rounded(), product, product.nextDown, product.nextUp]
      .first { $0 / 100 == amount } ?? product
  }
}

extension PruneSetting.Pattern {
  fileprivate var tree: PlanTree {
    switch self {
    case .unstructured: .text("unstructured")
    case .keep(let keep, let length):
      .map(["keep": .literal("\(keep)"), "of": .literal("\(length)")])
    case .block(let rows, let columns):
      .map(["block": .list([.literal("\(rows)"), .literal("\(columns)")])])
    case .channel: .text("channel")
    }
  }
}
