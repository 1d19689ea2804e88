import OrderedCollections

/// The rounding methods by name.
public struct RoundingRegistry: Sendable {
  private let methods: OrderedDictionary<String, any RoundingMethod>

  /// Makes a registry; of two methods with one name the later counts.
  public init(_ methods: [any RoundingMethod]) {
    self.methods = OrderedDictionary(methods.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// Every method of this package.
  public static let standard = RoundingRegistry([
    NearestRounding(),
    HQQRounding(),
    GPTQRounding(),
    AdaRound(),
  ])

  /// The method of this name with its defaults.
  public subscript(name: String) -> (any RoundingMethod)? { methods[name] }

  /// The method that a plan chose, with its options; nil for a name that is not registered.
  public subscript(choice: NamedChoice) -> (any RoundingMethod)? {
    guard let found = methods[choice.name] else { return nil }
    return found.configured(by: ChoiceOptions(choice.options, of: found.options))
  }

  /// The names in order of registration.
  public var names: [String] { Array(methods.keys) }
}
