import Operators
import Tensors

/// The axes that a reduction runs over, and the shape with them kept as 1.
struct ReducedAxes {
  /// The shape of the reduction's input with the reduced axes at 1.
  let keptShape: [Int]
  /// How many elements go into one.
  let length: Int

  /// Reads the axes of a node: an attribute, or an input since the operator's opset `inputOpset`.
  init(_ step: GradientStep, shape: [Int], inputOpset: Int) {
    let given: [Int]
    if step.call.opset >= inputOpset {
      given = step.inputs.count > 1 ? step.inputs[1]?.integers ?? [] : []
    } else {
      given = step.call.node.ints("axes") ?? []
    }
    let keepsAll =
      given.isEmpty && step.call.opset >= inputOpset
      && step.call.node.int("noop_with_empty_axes") ?? 0 != 0
    let axes = Set(
      given.isEmpty
        ? (keepsAll ? [] : Array(shape.indices)) : given.map { $0 < 0 ? $0 + shape.count : $0 })
    keptShape = shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
    length = axes.reduce(1) { $0 * shape[$1] }
  }
}
