/// ONNX `Equal`: `A == B`, of numbers, bools and strings.
struct EqualOperator: ComparisonOperator {
  let name = "Equal"
  let takesAnyType = true

  func apply<W: Comparable>(_ left: W, _ right: W) -> Bool { left == right }
}
