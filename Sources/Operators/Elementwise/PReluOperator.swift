/// ONNX `PRelu`: `X` where it is not negative, otherwise `slope * X`; the slope is broadcast to `X`.
struct PReluOperator: NumberBinaryOperator {
  let name = "PRelu"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W {
    left < W.nought ? W.product(right, left) : left
  }
}
