/// How many weights of a layer become zero, and which.
public struct PruneSetting: Sendable, Hashable {
  /// The shape the zeros take.
  public enum Pattern: Sendable, Hashable {
    /// Any weight by itself.
    case unstructured
  }

  /// What the amount is a fraction of.
  public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// Of each layer by itself.
    case layer
    /// Of all layers with this scope together: their scores are ranked in one list.
    case global
  }

  /// How the amount is stated.
  public enum Measure: String, Sendable, Hashable {
    /// The round-half-even(amount x n) lowest scores go.
    case amount
    /// Scores below the percentile 100 x amount (linear interpolation) go.
    case percentile
  }

  /// The fraction of the original weights that become zero, 0...1; amounts do not accumulate.
  public var amount: Double
  /// Whether ``amount`` is a count or a percentile.
  public var measure: Measure
  /// The registered name of the importance criterion, such as `magnitude`.
  public var criterion: String
  /// The shape the zeros take.
  public var pattern: Pattern
  /// Layer or global.
  public var scope: Scope
  /// Whether the weights that stay are refitted to the layer's inputs (``LeastSquaresRefit``).
  public var refit: Bool

  /// Magnitude pruning of single weights within the layer, unless told otherwise.
  public init(
    amount: Double, measure: Measure = .amount, criterion: String = "magnitude",
    pattern: Pattern = .unstructured, scope: Scope = .layer, refit: Bool = false
  ) {
    self.amount = amount
    self.measure = measure
    self.criterion = criterion
    self.pattern = pattern
    self.scope = scope
    self.refit = refit
  }
}
