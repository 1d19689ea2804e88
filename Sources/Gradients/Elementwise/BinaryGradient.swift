import Tensors

/// A rule for operators of two float inputs that are broadcast against each other.
protocol BinaryGradient: GradientRule {
  /// dL/da of one element from dL/dy, a and b.
  var left: @Sendable (_ gradient: Float, _ a: Float, _ b: Float) -> Float { get }
  /// dL/db of one element from dL/dy, a and b.
  var right: @Sendable (_ gradient: Float, _ a: Float, _ b: Float) -> Float { get }
}

extension BinaryGradient {
  /// The gradients of both inputs, summed over what was repeated.
  public func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let gradient = step.gradient
    let a = try step.input(0)
    // Exponents may be integers.
    let b: Tensor
    if let exponent = step.inputs[1], exponent.type.isInteger {
      b = Tensor(exponent.shape, exponent.floats)
    } else {
      b = try step.input(1)
    }
    let wide = (Broadcast.expand(a, to: gradient.shape), Broadcast.expand(b, to: gradient.shape))
    func side(
      _ index: Int, _ shape: [Int], _ body: (Float, Float, Float) -> Float
    ) -> Tensor? {
      guard step.wants(index) else { return nil }
      return Broadcast.reduce(Elements.map(gradient, wide.0, wide.1, body), to: shape)
    }
    return [side(0, a.shape, left), side(1, b.shape, right)]
  }
}
