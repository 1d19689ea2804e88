import OrderedCollections

/// A layer's setting in the words of the plan file, whatever cases this version's types have.
///
/// Recipes and the table of runtimes read and write settings in this form, so that a new criterion,
/// scheme or pattern passes through them without a change here: a name they do not know is told as
/// something that the other tool can't express.
public struct SettingForm: Sendable, Hashable {
  /// Pruning; nil for none.
  public var prune: PruningForm?
  /// Storage of the weights; nil for 32-bit floats.
  public var weights: WeightForm?
  /// Storage of the activations; nil for 32-bit floats.
  public var activations: ActivationForm?

  /// A form of these blocks.
  public init(
    prune: PruningForm? = nil, weights: WeightForm? = nil, activations: ActivationForm? = nil
  ) {
    self.prune = prune
    self.weights = weights
    self.activations = activations
  }

  /// The form of a setting; pruning by 0 is none.
  public init(_ setting: LayerSetting) {
    prune = setting.prune.flatMap { PruningForm(tree: $0.tree) }
    weights = setting.weights.flatMap { WeightForm(tree: $0.tree) }
    activations = setting.activations.flatMap { ActivationForm(tree: $0.tree) }
    if prune?.value == 0 { prune = nil }
  }

  /// Whether the layer stays as it is.
  public var isUntouched: Bool { prune == nil && weights == nil && activations == nil }
}

/// Parts of a plan's tree, as forms read them.
extension PlanTree {
  /// The entries of a mapping; nil for anything else.
  var entries: OrderedDictionary<String, PlanTree>? {
    switch self {
    case .map(let entries), .block(let entries): entries
    default: nil
    }
  }

  /// The items of a list; nil for anything else.
  var items: [PlanTree]? {
    switch self {
    case .list(let items), .lines(let items): items
    default: nil
    }
  }

  /// The text of a plain value; nil for mappings and lists.
  var scalar: String? {
    switch self {
    case .literal(let text), .text(let text): text
    default: nil
    }
  }

  /// The name of a choice: a plain value, or the one key of a mapping that holds its options.
  var choice: String? {
    if let scalar { return scalar }
    guard let entries, entries.count == 1 else { return nil }
    return entries.keys.first
  }

  /// The number of a plain value.
  var double: Double? { scalar.flatMap { Double($0) } }

  /// The whole number of a plain value.
  var int: Int? { scalar.flatMap { Int($0) } }

  /// A mapping of names to texts and numbers, in a fixed order.
  static func fields(_ pairs: KeyValuePairs<String, PlanTree?>) -> PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = [:]
    for (key, value) in pairs { entries[key] = value }
    return .map(entries)
  }

  /// A number.
  static func number(_ value: Double) -> PlanTree { .literal("\(value)") }
  /// A float as the shortest decimal that reads back as the same double.
  static func number(_ value: Float) -> PlanTree { .literal("\(Double(value))") }
  /// A whole number.
  static func number(_ value: Int) -> PlanTree { .literal("\(value)") }
  /// `true` or `false`.
  static func flag(_ value: Bool) -> PlanTree { .literal(value ? "true" : "false") }
  /// `null`.
  static var null: PlanTree { .literal("null") }
}
