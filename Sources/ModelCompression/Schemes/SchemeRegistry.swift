import OrderedCollections

/// The ways to store weights by name.
public struct SchemeRegistry: Sendable {
  private let schemes: OrderedDictionary<String, any WeightScheme>

  /// Makes a registry; of two schemes with one name the later counts.
  public init(_ schemes: [any WeightScheme]) {
    self.schemes = OrderedDictionary(schemes.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// Every scheme of this package.
  public static let standard = SchemeRegistry([
    SymmetricScheme(),
    AsymmetricScheme(),
    PaletteScheme(start: .spread),
    PaletteScheme(start: .linear),
    Float16Scheme(),
    BFloat16Scheme(),
    Float8Scheme(.float8e4m3fn, name: "fp8-e4m3"),
    Float8Scheme(.float8e5m2, name: "fp8-e5m2"),
  ])

  /// The scheme of this name.
  public subscript(name: String) -> (any WeightScheme)? { schemes[name] }

  /// The names in order of registration.
  public var names: [String] { Array(schemes.keys) }
}
