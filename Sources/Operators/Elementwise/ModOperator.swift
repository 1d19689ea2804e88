import Tensors

/// ONNX `Mod`: the remainder of `A / B` with the sign of `B`, or of `A` with `fmod=1`.
struct ModOperator: NumberBinaryOperator {
  let name = "Mod"
  private(set) var keepsDividendSign = false

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    copy.keepsDividendSign = call.int("fmod", default: 0) != 0
    return copy
  }

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W {
    keepsDividendSign ? W.remainder(left, right) : W.modulo(left, right)
  }
}
