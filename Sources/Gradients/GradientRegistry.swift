import NetworkGraph

/// The rules by which operators are differentiated, by operator.
public struct GradientRegistry: Sendable {
  private let rules: [String: any GradientRule]

  /// A registry of the given rules; a later one replaces an earlier one for the same operator.
  public init(_ rules: [any GradientRule]) {
    var table: [String: any GradientRule] = [:]
    for rule in rules { for name in rule.operators { table[name] = rule } }
    self.rules = table
  }

  /// The rule for a node; nil when it can't be differentiated.
  public subscript(node: Node) -> (any GradientRule)? {
    node.domain.isEmpty ? rules[node.op] : nil
  }

  /// The operators with a rule, by name.
  public var operators: [String] { rules.keys.sorted() }

  /// Every rule of this package.
  public static let standard = GradientRegistry([
    AbsGradient(), AddGradient(), BatchNormalizationGradient(), CastGradient(), CeluGradient(),
    ClipGradient(), ConvGradient(), ConvTransposeGradient(), CosGradient(), CumSumGradient(),
    DequantizeGradient(), DivGradient(), EinsumGradient(), EluGradient(), ErfGradient(),
    ExpGradient(), ExtremumGradient(), GeluGradient(), GemmGradient(), GlobalPoolGradient(),
    GroupNormalizationGradient(), HardSigmoidGradient(), HardSwishGradient(), LRNGradient(),
    LayerNormalizationGradient(), LeakyReluGradient(), LogGradient(), LpNormalizationGradient(),
    MatMulGradient(), MishGradient(), MovementGradient(), MulGradient(), NegGradient(),
    PReluGradient(), PoolGradient(), PowGradient(), QuantizeGradient(), RMSNormalizationGradient(),
    ReciprocalGradient(), ReduceExtremumGradient(), ReduceMeanGradient(), ReduceNormGradient(),
    ReduceSumGradient(), ReluGradient(), ResizeGradient(), SeluGradient(), SigmoidGradient(),
    SinGradient(), SoftmaxGradient(), SoftplusGradient(), SoftsignGradient(), SqrtGradient(),
    SubGradient(), SumGradient(), SwishGradient(), TanhGradient(),
  ])
}
