import Tensors

/// ONNX `Pow`: `X` to the power of `Y`, broadcast; the result has the type of `X`.
///
/// Two integers are raised exactly, with wrap-around.
struct PowOperator: Operator {
  let name = "Pow"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (base, exponent) = (try inputs.required(0, "X"), try inputs.required(1, "Y"))
    guard base.type.isNumber, exponent.type.isNumber else {
      throw Shapes.mismatch("Pow can't combine types \(base.type) and \(exponent.type)")
    }
    return [TensorFact(base.type, try Shapes.broadcast(base, exponent))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (base, exponent) = (try inputs.required(0, "X"), try inputs.required(1, "Y"))
    let shape = try Shapes.broadcast([base.shape, exponent.shape])
    guard base.type.isNumber, exponent.type.isNumber else {
      throw Shapes.mismatch("Pow can't combine types \(base.type) and \(exponent.type)")
    }
    if base.type.isReal {
      let converted = try CastOperator.convert(exponent, to: base.type)
      if let constant = converted.count == 1 ? converted.doubles.first : nil,
        shape == base.shape, constant == 2 || constant == 0.5
      {
        return [try base.type.accept(FixedPower(base: base, isSquare: constant == 2))]
      }
      return [try base.type.accept(RealPower(base: base, exponent: converted, shape: shape))]
    }
    if exponent.type.isInteger {
      let wide = exponent.type == .int64 ? exponent : try CastOperator.convert(exponent, to: .int64)
      return [try base.type.accept(IntegerPower(base: base, exponent: wide, shape: shape))]
    }
    let (x, y) = (
      try CastOperator.convert(base, to: .float64), try CastOperator.convert(exponent, to: .float64)
    )
    let power = try ElementType.float64.accept(RealPower(base: x, exponent: y, shape: shape))
    return [try CastOperator.convert(power, to: base.type)]
  }

  private struct FixedPower: RealVisitor {
    let base: Tensor
    let isSquare: Bool

    func visit<R: RealScalar>(_ type: R.Type) -> Tensor {
      isSquare
        ? UnaryMap.map(base, Square<R>())
        : UnaryMap.map(base) { (x: R) in R(work: R.Work.pow(x.work, 0.5)) }
    }
  }

  private struct RealPower: RealVisitor {
    let base: Tensor
    let exponent: Tensor
    let shape: [Int]

    func visit<R: RealScalar>(_ type: R.Type) -> Tensor {
      BinaryMap.map(base, exponent, shape: shape, Power<R>())
    }
  }

  private struct Square<R: RealScalar>: UnaryFunction {
    func apply(_ x: R) -> R { R(work: x.work * x.work) }
  }

  private struct Power<R: RealScalar>: BinaryFunction {
    func apply(_ left: R, _ right: R) -> R { R(work: R.Work.pow(left.work, right.work)) }
  }

  private struct IntegerPower: IntegerVisitor {
    let base: Tensor
    let exponent: Tensor
    let shape: [Int]

    func visit<I: TensorInteger & NumberScalar>(_ type: I.Type) -> Tensor {
      BinaryMap.map(base, exponent, shape: shape, WholePower<I>())
    }
  }

  private struct WholePower<I: TensorInteger>: BinaryFunction {
    /// By repeated squaring; a negative exponent truncates `1 / x^n`.
    func apply(_ base: I, _ exponent: Int64) -> I {
      if exponent < 0 {
        if base == 1 { return 1 }
        let isMinusOne = I.isSigned && base == 0 &- 1
        return isMinusOne ? (exponent % 2 == 0 ? 1 : base) : 0
      }
      var (result, factor, rest): (I, I, Int64) = (1, base, exponent)
      while rest > 0 {
        if rest & 1 == 1 { result = result &* factor }
        factor = factor &* factor
        rest >>= 1
      }
      return result
    }
  }
}
