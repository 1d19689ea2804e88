/// ONNX `Less`: `A < B`.
struct LessOperator: ComparisonOperator {
  let name = "Less"

  func apply<W: Comparable>(_ left: W, _ right: W) -> Bool { left < right }
}
