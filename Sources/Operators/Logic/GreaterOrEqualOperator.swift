/// ONNX `GreaterOrEqual`: `A >= B`.
struct GreaterOrEqualOperator: ComparisonOperator {
  let name = "GreaterOrEqual"

  func apply<W: Comparable>(_ left: W, _ right: W) -> Bool { left >= right }
}
