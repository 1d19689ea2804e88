import Foundation
import Operators

/// The runs of elements along the axis of a softmax.
struct AxisRuns {
  /// Elements of a run.
  let length: Int
  private let outer: Int
  private let inner: Int

  /// The runs of a node: along one axis since opset 13, over all axes from it on before.
  init(_ shape: [Int], _ call: OperatorCall) {
    let isSingle = call.opset >= 13
    let given = call.node.int("axis") ?? (isSingle ? -1 : 1)
    let axis = min(max(given < 0 ? given + shape.count : given, 0), max(shape.count - 1, 0))
    outer = shape.prefix(axis).reduce(1, *)
    length = isSingle ? (shape.isEmpty ? 1 : shape[axis]) : shape.dropFirst(axis).reduce(1, *)
    inner = isSingle ? shape.dropFirst(axis + 1).reduce(1, *) : 1
  }

  /// Calls `body` with the first element of each run and the step to the next one.
  func visit(_ body: (_ first: Int, _ stride: Int) -> Void) {
    for outer in 0..<outer {
      for inner in 0..<inner { body(outer * length * self.inner + inner, self.inner) }
    }
  }
}

/// e^x in double precision.
func exponential(_ value: Float) -> Double { exp(Double(value)) }
