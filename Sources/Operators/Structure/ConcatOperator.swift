import Tensors

/// ONNX `Concat`: the inputs one after the other along `axis`.
struct ConcatOperator: Operator {
  let name = "Concat"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let first = try inputs.required(0, "inputs")
    var result: [Int]?
    var isKnown = true
    for index in inputs.indices {
      let input = try inputs.required(index, "inputs")
      guard input.type == first.type else {
        throw Shapes.mismatch("Concat can't join types \(first.type) and \(input.type)")
      }
      guard let shape = input.shape else {
        isKnown = false
        continue
      }
      guard var joined = result else {
        result = shape
        continue
      }
      let axis = try axis(call, rank: joined.count)
      guard shape.count == joined.count,
        shape.indices.allSatisfy({ $0 == axis || shape[$0] == joined[$0] })
      else { throw Shapes.mismatch("Concat on axis \(axis) can't join \(joined) and \(shape)") }
      joined[axis] = try Shapes.sum(joined[axis], shape[axis])
      result = joined
    }
    guard isKnown, let result else { return [TensorFact(first.type, nil)] }
    _ = try axis(call, rank: result.count)
    try Shapes.count(result)
    return [TensorFact(first.type, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let shape = try outputShapes(call, inputs)[0]
    let axis = try axis(call, rank: shape.count)
    let parts = inputs.compactMap { $0 }
    let outer = Shapes.product(shape[..<axis])
    let blocks = parts.map { Shapes.product($0.shape[axis...]) }
    if parts[0].type == .string {
      let strings = parts.map(\.strings)
      let joined = (0..<outer).flatMap { row in
        parts.indices.flatMap { strings[$0][row * blocks[$0]..<(row + 1) * blocks[$0]] }
      }
      return [Tensor(shape, strings: joined)]
    }
    let size = parts[0].type.byteSize
    let rowBytes = blocks.reduce(0, +) * size
    let result = Tensor(type: parts[0].type, shape: shape) { target in
      guard let to = target.baseAddress else { return }
      var start = 0
      for (part, block) in zip(parts, blocks) {
        part.withBytes { bytes in
          guard let from = bytes.baseAddress, !bytes.isEmpty else { return }
          for row in 0..<outer {
            (to + row * rowBytes + start).copyMemory(
              from: from + row * block * size, byteCount: block * size)
          }
        }
        start += block * size
      }
    }
    return [result]
  }

  private func axis(_ call: OperatorCall, rank: Int) throws(EngineError) -> Int {
    guard let given = call.node.int("axis") else {
      throw Shapes.mismatch("attribute 'axis' is missing")
    }
    return try Shapes.axis(given, rank: rank)
  }
}
