/// Cross-layer equalization as a plan asks for it: the block `equalize` at the plan's top level.
public struct Equalization: Sendable, Hashable {
  /// Whether `Clip(0, 6)` between two layers is replaced by `Relu` first, as the paper does.
  ///
  /// Equalization changes nothing but rounding; this replacement changes the network wherever an
  /// activation is above 6.
  public var replacesReLU6: Bool

  /// Leaves ReLU6 as it is, unless told otherwise.
  public init(replacesReLU6: Bool = false) { self.replacesReLU6 = replacesReLU6 }
}
