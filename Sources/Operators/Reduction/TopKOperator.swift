import Tensors

/// ONNX `TopK`: the `k` greatest (or least) elements along an axis, in order, and their indices.
///
/// `k` is an attribute before opset 10 and an input since. Of equal elements the first comes first.
struct TopKOperator: Operator {
  let name = "TopK"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "X")
    var count = call.node.int("k")
    if call.opset >= 10 { count = try inputs.required(1, "K").integers?.first }
    guard let shape = input.shape, let count else {
      return [TensorFact(input.type, nil), TensorFact(.int64, nil)]
    }
    let result = try resultShape(call, shape, count)
    return [TensorFact(input.type, result), TensorFact(.int64, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "X")
    let count: Int
    if call.opset >= 10 {
      count = try inputs.required(1, "K").integerScalar("K")
    } else if let given = call.node.int("k") {
      count = given
    } else {
      throw Shapes.mismatch("attribute 'k' is missing")
    }
    let shape = try resultShape(call, input.shape, count)
    let axis = try Shapes.axis(call.int("axis", default: -1), rank: input.rank)
    let kernel = Kernel(
      input: input, shape: shape, rows: AxisRows(shape: input.shape, axis: axis), count: count,
      findsGreatest: call.opset < 11 || call.int("largest", default: 1) != 0)
    return try input.type.accept(kernel)
  }

  private func resultShape(
    _ call: OperatorCall, _ shape: [Int], _ count: Int
  ) throws(EngineError) -> [Int] {
    let axis = try Shapes.axis(call.int("axis", default: -1), rank: shape.count)
    guard (0...shape[axis]).contains(count) else {
      throw Shapes.mismatch("TopK of \(count) among \(shape[axis]) elements")
    }
    var result = shape
    result[axis] = count
    return result
  }

  private struct Kernel: NumberVisitor {
    let input: Tensor
    let shape: [Int]
    let rows: AxisRows
    let count: Int
    let findsGreatest: Bool

    func visit<N: NumberScalar>(_ type: N.Type) -> [Tensor] {
      let total = Shapes.product(shape)
      var values = [N](repeating: N.zeroValue, count: total)
      var indices = [Int64](repeating: 0, count: total)
      input.withElements(of: N.self) { source in
        var row = 0
        rows.forEachRow { offset in
          let elements = (0..<rows.length).map { source[offset + $0 * rows.inner].work }
          let order = elements.indices.sorted { precedes(elements[$0], elements[$1], $0 < $1) }
          let (block, position) = row.quotientAndRemainder(dividingBy: rows.inner)
          for rank in 0..<count {
            let target = (block * count + rank) * rows.inner + position
            values[target] = N(work: elements[order[rank]])
            indices[target] = Int64(order[rank])
          }
          row += 1
        }
      }
      return [Tensor(shape, values), Tensor(shape, indices)]
    }

    /// A strict order also with NaN, which counts as the greatest of all.
    private func precedes<W: WorkNumber>(_ left: W, _ right: W, _ isFirst: Bool) -> Bool {
      if left.isNotNumber || right.isNotNumber {
        if left.isNotNumber && right.isNotNumber { return isFirst }
        return left.isNotNumber == findsGreatest
      }
      if left == right { return isFirst }
      return (left > right) == findsGreatest
    }
  }
}
