/// ONNX `Greater`: `A > B`.
struct GreaterOperator: ComparisonOperator {
  let name = "Greater"

  func apply<W: Comparable>(_ left: W, _ right: W) -> Bool { left > right }
}
