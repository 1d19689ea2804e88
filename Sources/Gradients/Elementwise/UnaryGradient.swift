import Foundation
import Operators
import Tensors

/// A rule for operators of one float input that work on each element by itself.
///
/// dL/dx = dL/dy f'(x), in float32.
protocol UnaryGradient: GradientRule {
  /// f'(x) as a function of x and y = f(x), for the attributes of a node.
  func slope(_ call: OperatorCall) -> (_ x: Float, _ y: Float) -> Float
}

extension UnaryGradient {
  /// The gradient of the first input.
  public func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0) else { return [nil] }
    let x = try step.input(0)
    guard let y = step.outputs.first ?? nil else { return [nil] }
    let slope = slope(step.call)
    return [Elements.map(step.gradient, x, y) { gradient, x, y in gradient * slope(x, y) }]
  }
}
