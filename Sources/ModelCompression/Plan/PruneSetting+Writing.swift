import OrderedCollections

extension PruneSetting {
  /// What differs from a new setting; the amount always.
  var tree: PlanTree {
    let standard = PruneSetting(amount: amount)
    var entries: OrderedDictionary<String, PlanTree> = [:]
    switch measure {
    case .amount: entries["amount"] = .literal("\(amount)")
    case .percentile: entries["percentile"] = .literal("\(percentile)")
    }
    if criterion != standard.criterion { entries["criterion"] = .text(criterion) }
    if scope != standard.scope { entries["scope"] = .text(scope.rawValue) }
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
