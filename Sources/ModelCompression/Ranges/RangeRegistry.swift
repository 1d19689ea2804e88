import OrderedCollections

/// The range finders by name.
public struct RangeRegistry: Sendable {
  private let finders: OrderedDictionary<String, any RangeFinder>

  /// Makes a registry; of two finders with one name the later counts.
  public init(_ finders: [any RangeFinder]) {
    self.finders = OrderedDictionary(finders.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// Every finder of this package.
  public static let standard = RangeRegistry([
    MinMaxRange(),
    PercentileRange(),
    MSERange(),
    EntropyRange(),
  ])

  /// The finder of this name.
  public subscript(name: String) -> (any RangeFinder)? { finders[name] }

  /// The finder that a plan chose, with its options; nil for a name that is not registered.
  public subscript(choice: NamedChoice) -> (any RangeFinder)? {
    guard let found = finders[choice.name] else { return nil }
    return found.configured(by: ChoiceOptions(choice.options, of: found.options))
  }

  /// The names in order of registration.
  public var names: [String] { Array(finders.keys) }
}
