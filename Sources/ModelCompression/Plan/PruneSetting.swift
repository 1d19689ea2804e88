/// How many weights of a layer become zero, and which.
public struct PruneSetting: Sendable, Hashable {
  /// The shape the zeros take.
  public enum Pattern: Sendable, Hashable {
    /// Any weight by itself.
    case unstructured
    /// Of every `of` weights in a row along the inputs of an output channel, `keep` stay: 2 of 4 is
    /// NVIDIA's 2:4.
    ///
    /// The weight is seen as O x J (``WeightRows``): runs of a convolution go along the kernel's columns
    /// first, then its rows, then the input channels. Both numbers are said because other tools' "N:M"
    /// counts zeros.
    case keep(Int, of: Int)
    /// Blocks of `rows` output channels x `columns` inputs of the weight seen as O x J.
    case block(rows: Int, columns: Int)
    /// Whole output channels: all their weights become zero. The bias belongs to the graph, not to the
    /// weight, and stays; removing the channel is a plan's `channels`.
    case channel
  }

  /// What the amount is a fraction of.
  public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// Of each layer by itself.
    case layer
    /// Of all layers with this scope together: their scores are ranked in one list.
    case global
  }

  /// How the amount is stated.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// The round-half-even(amount x n) lowest scores go.
    case amount
    /// Scores below the percentile 100 x amount (linear interpolation) go.
    case percentile
    /// Weights go with |w| <= amount x sigma, where sigma is the standard deviation of the layer's
    /// weights (n - 1 in the denominator, as torch has it): Han and others 2015, and Distiller's
    /// `SensitivityPruner`.
    case threshold
  }

  /// The fraction of the original weights that become zero, 0...1; amounts do not accumulate.
  ///
  /// For channels and blocks the fraction of these; for ``Measure/threshold`` the factor of the standard
  /// deviation, 0 or more; for ``Pattern/keep(_:of:)`` always 1 - keep / of.
  public var amount: Double
  /// Whether ``amount`` is a count, a percentile or a factor.
  public var measure: Measure
  /// The registered name of the importance criterion, such as `magnitude`.
  public var criterion: String
  /// The shape the zeros take.
  public var pattern: Pattern
  /// Layer or global.
  public var scope: Scope
  /// Whether the weights that stay are refitted to the layer's inputs (``LeastSquaresRefit``).
  public var refit: Bool
  /// How scores of several layers are made comparable; for scope ``Scope/global``.
  public var normalization: ScoreNormalization
  /// The share of the weights in the criterion `mixed`, 0...1; the rest is that of the activations.
  public var alpha: Double

  /// The share of weights in `mixed` unless told otherwise.
  public static let standardAlpha = 0.5

  /// Magnitude pruning of single weights within the layer, unless told otherwise.
  public init(
    amount: Double, measure: Measure = .amount, criterion: String = "magnitude",
    pattern: Pattern = .unstructured, scope: Scope = .layer,
    normalization: ScoreNormalization = .none, alpha: Double = PruneSetting.standardAlpha,
    refit: Bool = false
  ) {
    self.amount = amount
    self.measure = measure
    self.criterion = criterion
    self.pattern = pattern
    self.scope = scope
    self.refit = refit
    self.normalization = normalization
    self.alpha = alpha
  }

  /// N:M pruning: of every `of` weights in a row `keep` stay.
  public init(keep: Int, of length: Int, criterion: String = "magnitude") {
    self.init(
      amount: Self.amount(keeping: keep, of: length), criterion: criterion,
      pattern: .keep(keep, of: length))
  }

  /// The amount that N:M comes to.
  public static func amount(keeping keep: Int, of length: Int) -> Double {
    1 - Double(keep) / Double(max(length, 1))
  }
}
