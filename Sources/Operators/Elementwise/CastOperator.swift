import Tensors

/// ONNX `Cast`: the elements converted to another type.
///
/// Floats truncate toward zero on the way to integers, integers wrap, numbers are printed to and
/// read from strings.
struct CastOperator: Operator {
  let name = "Cast"

  func unsupportedReason(_ call: OperatorCall) -> String? {
    guard let code = call.node.int("to") else { return "attribute 'to' is missing" }
    guard let type = ElementType(typeCode: code), type != .complex64, type != .complex128 else {
      return "conversion to element type number \(code)"
    }
    return nil
  }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    [TensorFact(try target(call), try inputs.required(0, "input").shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let isSaturating = call.int("saturate", default: 1) != 0
    return [try Self.convert(input, to: try target(call), isSaturating: isSaturating)]
  }

  private func target(_ call: OperatorCall) throws(EngineError) -> ElementType {
    if let reason = unsupportedReason(call) { throw Shapes.unsupported(reason) }
    guard let type = call.node.int("to").flatMap({ ElementType(typeCode: $0) }) else {
      throw Shapes.mismatch("attribute 'to' is missing")
    }
    return type
  }

  /// The elements as another type; `isSaturating` concerns the float8 types only.
  static func convert(
    _ input: Tensor, to type: ElementType, isSaturating: Bool = true
  ) throws(EngineError) -> Tensor {
    if input.type == type { return input }
    if input.type == .string { return try parse(input, as: type) }
    if type == .string { return Tensor(input.shape, strings: try print(input)) }
    if let format = Float8(input.type) {
      let decoded = UnaryMap.map(input) { (code: UInt8) in format.decode(code) }
      return try convert(decoded, to: type, isSaturating: isSaturating)
    }
    if let format = Float8(type) {
      let floats = try convert(input, to: .float32)
      let codes = UnaryMap.map(floats) { (x: Float) in
        format.encode(x, saturating: isSaturating)
      }
      return codes.reinterpreted(as: type)
    }
    if type.storedBits < 8 { return try convertToPacked(input, type) }
    // Bools are bytes; packed integers are bytes already.
    let memory = input.reinterpreted(as: input.type == .bool ? .uint8 : input.type.memoryType)
    if type == .bool { return try memory.type.accept(IsNotZero(input: memory)) }
    guard let result = try memory.type.accept(CastSource(input: memory, target: type)) else {
      throw Shapes.unsupported("conversion from \(input.type) to \(type)")
    }
    return result
  }

  /// Four- and two-bit integers keep the lowest bits of the converted integer.
  private static func convertToPacked(
    _ input: Tensor, _ type: ElementType
  ) throws(EngineError) -> Tensor {
    let wide = try convert(input, to: .int64)
    let bits = Int64(type.storedBits)
    let isSigned = type == .int4 || type == .int2
    if isSigned {
      let shift = 64 - bits
      return UnaryMap.map(wide) { (x: Int64) in Int8((x << shift) >> shift) }
        .reinterpreted(as: type)
    }
    return UnaryMap.map(wide) { (x: Int64) in UInt8(x & ((1 << bits) - 1)) }
      .reinterpreted(as: type)
  }

  private static func parse(
    _ input: Tensor, as type: ElementType
  ) throws(EngineError) -> Tensor {
    if type.isInteger {
      var values: [Int64] = []
      for text in input.strings {
        let trimmed = text.trimmingWhitespace
        if let value = Int64(trimmed) {
          values.append(value)
        } else if let value = Double(trimmed) {
          values.append(Int64.converting(value))
        } else {
          throw Shapes.mismatch("the string '\(text)' is not a number")
        }
      }
      return try convert(Tensor(input.shape, values), to: type)
    }
    var values: [Double] = []
    for text in input.strings {
      guard let value = Double(text.trimmingWhitespace) else {
        throw Shapes.mismatch("the string '\(text)' is not a number")
      }
      values.append(value)
    }
    return try convert(Tensor(input.shape, values), to: type)
  }

  private static func print(_ input: Tensor) throws(EngineError) -> [String] {
    if input.type.isInteger || input.type == .bool { return input.integers.map { "\($0)" } }
    // The shortest text that reads back as the same number of that type.
    func text<F: BinaryFloatingPoint & CustomStringConvertible>(_ value: F) -> String {
      if value.isNaN { return "NaN" }
      if value.isInfinite { return value < 0 ? "-INF" : "INF" }
      return value.description
    }
    switch input.type {
    case .float64: return input.array(of: Double.self).map { text($0) }
    case .float16: return input.array(of: Float16.self).map { text($0) }
    default: return try convert(input, to: .float32).array(of: Float.self).map { text($0) }
    }
  }
}

extension String {
  fileprivate var trimmingWhitespace: String {
    let start = drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}

private struct CastSource: NumberVisitor {
  let input: Tensor
  let target: ElementType

  func visit<N: NumberScalar>(_ type: N.Type) -> Tensor? {
    try? target.accept(CastTarget<N>(input: input))
  }
}

private struct CastTarget<Source: NumberScalar>: NumberVisitor {
  let input: Tensor

  func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
    UnaryMap.map(input, Conversion<Source, N>())
  }
}

private struct Conversion<Source: NumberScalar, Target: NumberScalar>: UnaryFunction {
  func apply(_ x: Source) -> Target { Target(converting: x.work) }
}

private struct IsNotZero: NumberVisitor {
  let input: Tensor

  func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
    UnaryMap.map(input) { (x: N) in x.work != N.Work.nought }
  }
}
