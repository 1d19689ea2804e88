import OrderedCollections

/// The importance criteria by name.
public struct CriterionRegistry: Sendable {
  private let criteria: OrderedDictionary<String, any ImportanceCriterion>

  /// Makes a registry; of two criteria with one name the later counts.
  public init(_ criteria: [any ImportanceCriterion]) {
    self.criteria = OrderedDictionary(criteria.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// Every criterion of this package.
  public static let standard = CriterionRegistry([
    MagnitudeCriterion(),
    L2Criterion(),
    RandomCriterion(),
    ActivationCriterion(),
    ZeroShareCriterion(),
    MixedCriterion(),
    GeometricMedianCriterion(),
    BatchNormCriterion(),
    WandaCriterion(),
    SparseGPTCriterion(),
    SNIPCriterion(),
    TaylorCriterion(),
    FisherCriterion(),
  ])

  /// The criterion of this name.
  public subscript(name: String) -> (any ImportanceCriterion)? { criteria[name] }

  /// The names in order of registration.
  public var names: [String] { Array(criteria.keys) }
}
