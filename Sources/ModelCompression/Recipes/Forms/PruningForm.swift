import OrderedCollections

/// The block `prune` of a plan, by its words.
public struct PruningForm: Sendable, Hashable {
  /// The shape the zeros take.
  public enum Pattern: Sendable, Hashable {
    /// Any weight by itself.
    case unstructured
    /// So many of each run of weights along the input axis are kept.
    case keep(Int, of: Int)
    /// Blocks of this shape, output channels x inputs.
    case block([Int])
    /// Whole output channels.
    case channel
    /// Another pattern, by its words.
    case other(String)
  }

  /// How the amount is stated: `amount`, `percentile` or `threshold`.
  public var measure: String
  /// The number stated: 0...1 for `amount`, 0...100 for `percentile`, standard deviations of the
  /// weights for `threshold`.
  public var value: Double
  /// The criterion's name.
  public var criterion: String
  /// The shape the zeros take.
  public var pattern: Pattern
  /// `layer` or `global`.
  public var scope: String
  /// Keys that only some criteria have (such as `alpha`), as the plan spells them.
  public var others: OrderedDictionary<String, String>

  /// Magnitude pruning of single weights within the layer, unless told otherwise.
  public init(
    amount: Double, criterion: String = "magnitude", pattern: Pattern = .unstructured,
    scope: String = "layer"
  ) {
    measure = "amount"
    value = amount
    self.criterion = criterion
    self.pattern = pattern
    self.scope = scope
    others = [:]
  }

  /// The fraction of zeros that is asked for; nil when the measure does not say.
  public var fraction: Double? {
    switch (measure, pattern) {
    case (_, .keep(let keep, let of)): of > 0 ? 1 - Double(keep) / Double(of) : nil
    case ("amount", _): value
    case ("percentile", _): value / 100
    default: nil
    }
  }

  /// The form that a plan's tree states; nil when it states none.
  init?(tree: PlanTree) {
    guard let entries = tree.entries else { return nil }
    self.init(amount: 0)
    for (key, value) in entries {
      switch key {
      case "criterion": criterion = value.scalar ?? criterion
      case "scope": scope = value.scalar ?? scope
      case "pattern": pattern = Self.pattern(value)
      case "amount", "percentile", "threshold":
        measure = key
        self.value = value.double ?? 0
      default: others[key] = value.json()
      }
    }
    // A pattern of runs says its own amount.
    if case .keep = pattern, let fraction { (measure, value) = ("amount", fraction) }
  }

  private static func pattern(_ tree: PlanTree) -> Pattern {
    if let entries = tree.entries {
      if let keep = entries["keep"]?.int, let of = entries["of"]?.int { return .keep(keep, of: of) }
      if let sides = entries["block"]?.items?.compactMap(\.int), !sides.isEmpty {
        return .block(sides)
      }
      return .other(tree.json())
    }
    return switch tree.scalar {
    case "unstructured": .unstructured
    case "channel": .channel
    case let name: .other(name ?? "")
    }
  }

  /// The block as a plan states it.
  var tree: PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = [:]
    if case .keep = pattern {} else { entries[measure] = .number(value) }
    if criterion != "magnitude" { entries["criterion"] = .text(criterion) }
    switch pattern {
    case .unstructured: break
    case .keep(let keep, let of):
      entries["pattern"] = .map(["keep": .number(keep), "of": .number(of)])
    case .block(let sides): entries["pattern"] = .map(["block": .list(sides.map { .number($0) })])
    case .channel: entries["pattern"] = .text("channel")
    case .other(let name): entries["pattern"] = .text(name)
    }
    if scope != "layer" { entries["scope"] = .text(scope) }
    for (key, value) in others { entries[key] = .literal(value) }
    return .map(entries)
  }
}
