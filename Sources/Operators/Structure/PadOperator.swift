import Tensors

/// ONNX `Pad`: elements added before and after each axis, or removed where the number is negative.
///
/// Pads and value are attributes before opset 11 and inputs since; opset 18 adds axes, opset 19 the
/// mode `wrap`.
struct PadOperator: Operator {
  let name = "Pad"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    guard let shape = input.shape, let pads = try pads(call, inputs, rank: shape.count) else {
      return [TensorFact(input.type, nil)]
    }
    return [TensorFact(input.type, try paddedShape(call, shape, pads))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "data")
    let facts = inputs.map { $0.map { TensorFact(constant: $0) } }
    guard let pads = try pads(call, facts, rank: input.rank) else { return [] }
    _ = try paddedShape(call, input.shape, pads)
    let mode = call.string("mode", default: "constant")
    let tables = input.shape.indices.map { axis in
      table(input.shape[axis], pads[axis].before, pads[axis].after, mode)
    }
    var fill: Tensor?
    if call.opset < 11 {
      fill = try CastOperator.convert(
        Tensor(scalar: call.float("value", default: 0)), to: input.type)
    } else if let value: Tensor = inputs.optional(2), value.count > 0 {
      guard value.type == input.type, value.count == 1 else {
        throw Shapes.mismatch(
          "the pad value has type \(value.type) and shape \(value.shape) instead of one "
            + "\(input.type)")
      }
      fill = value
    }
    return [TableCopy.copy(input, tables: tables, fill: fill)]
  }

  private typealias Pads = (before: Int, after: Int)

  private func pads(
    _ call: OperatorCall, _ inputs: [TensorFact?], rank: Int
  ) throws(EngineError) -> [Pads]? {
    var values = call.node.ints("pads") ?? []
    var axes = Array(0..<rank)
    if call.opset >= 11 {
      guard let known = try inputs.required(1, "pads").integers else { return nil }
      values = known
    }
    if call.opset >= 18, let given: TensorFact = inputs.optional(3), given.shape != [0] {
      guard let known = given.integers else { return nil }
      axes = try Shapes.axes(known, rank: rank)
    }
    guard values.count == 2 * axes.count else {
      throw Shapes.mismatch("Pad has \(values.count) pads for \(axes.count) axes")
    }
    var result = [Pads](repeating: (0, 0), count: rank)
    for (index, axis) in axes.enumerated() {
      result[axis] = (values[index], values[index + axes.count])
    }
    return result
  }

  private func paddedShape(
    _ call: OperatorCall, _ shape: [Int], _ pads: [Pads]
  ) throws(EngineError) -> [Int] {
    let mode = call.string("mode", default: "constant")
    guard ["constant", "reflect", "edge", "wrap"].contains(mode) else {
      throw Shapes.unsupported("attribute 'mode' is '\(mode)'")
    }
    var result = shape
    for (axis, pad) in pads.enumerated() {
      result[axis] = try Shapes.sum(try Shapes.sum(shape[axis], pad.before), pad.after)
      let kept = try Shapes.sum(
        try Shapes.sum(shape[axis], min(pad.before, 0)), min(pad.after, 0))
      guard result[axis] >= 0, kept > 0 || mode == "constant" || result[axis] == 0 else {
        throw Shapes.mismatch("axis \(axis) of shape \(shape) can't be padded by \(pad)")
      }
    }
    try Shapes.count(result)
    return result
  }

  /// For each padded position, where its element comes from; -1 for the constant.
  private func table(_ length: Int, _ before: Int, _ after: Int, _ mode: String) -> [Int] {
    // Negative pads remove elements first; the others mirror or repeat what is left.
    let first = max(0, -before)
    let kept = length - first - max(0, -after)
    let lead = max(0, before)
    return (0..<(length + before + after)).map { index in
      let position = index - lead
      if position >= 0 && position < kept { return first + position }
      switch mode {
      case "edge": return first + min(max(position, 0), kept - 1)
      case "wrap": return first + modulo(position, kept)
      case "reflect":
        if kept == 1 { return first }
        let folded = modulo(position, 2 * (kept - 1))
        return first + min(folded, 2 * (kept - 1) - folded)
      default: return -1
      }
    }
  }

  private func modulo(_ value: Int, _ divisor: Int) -> Int {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
  }
}
