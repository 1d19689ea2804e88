import Foundation
import Tensors

/// The gradient of reductions whose slope follows from the element x and the result y alone.
///
/// `ReduceL1`: sign x; `ReduceL2`: x / y, 0 at 0; `ReduceSumSquare`: 2 x; `ReduceLogSum`: e^-y;
/// `ReduceLogSumExp`: e^(x - y).
struct ReduceNormGradient: GradientRule {
  let operators = [
    "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare",
  ]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0), let result = step.outputs.first ?? nil else { return [nil] }
    let x = try step.input(0)
    let axes = ReducedAxes(step, shape: x.shape, inputOpset: 18)
    let wide = Broadcast.expand(result.reshaped(axes.keptShape), to: x.shape)
    let gradient = Broadcast.expand(step.gradient.reshaped(axes.keptShape), to: x.shape)
    let slope = Self.slope(step.call.node.op)
    return [Elements.map(gradient, x, wide) { $0 * slope($1, $2) }]
  }

  private static func slope(_ name: String) -> (_ x: Float, _ y: Float) -> Float {
    switch name {
    case "ReduceL1": { x, _ in x > 0 ? 1 : x < 0 ? -1 : 0 }
    case "ReduceL2": { x, y in y > 0 ? x / y : 0 }
    case "ReduceLogSum": { _, y in exp(-y) }
    case "ReduceLogSumExp": { x, y in exp(x - y) }
    default: { x, _ in 2 * x }
    }
  }
}
