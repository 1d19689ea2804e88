/// ONNX `LessOrEqual`: `A <= B`.
struct LessOrEqualOperator: ComparisonOperator {
  let name = "LessOrEqual"

  func apply<W: Comparable>(_ left: W, _ right: W) -> Bool { left <= right }
}
