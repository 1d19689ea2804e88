import NetworkGraph
import Tensors

/// ONNX `Gemm`: `alpha * A' * B' + beta * C`, where A' and B' may be transposed.
struct GemmOperator: Operator {
  let name = "Gemm"

  /// How the operands fit each other.
  private struct Shape {
    let transposesLeft: Bool
    let transposesRight: Bool
    let rows: Int
    let depth: Int
    let columns: Int
    var output: [Int] { [rows, columns] }

    init(
      _ call: OperatorCall, _ left: [Int], _ right: [Int], _ addend: [Int]?
    ) throws(EngineError) {
      transposesLeft = call.int("transA", default: 0) != 0
      transposesRight = call.int("transB", default: 0) != 0
      guard left.count == 2, right.count == 2 else {
        throw Shapes.mismatch("shapes \(left) and \(right) are not those of two matrices")
      }
      rows = left[transposesLeft ? 1 : 0]
      depth = left[transposesLeft ? 0 : 1]
      columns = right[transposesRight ? 0 : 1]
      guard right[transposesRight ? 1 : 0] == depth else {
        throw Shapes.mismatch(
          "shapes \(left) and \(right) can't be multiplied: \(depth) columns against "
            + "\(right[transposesRight ? 1 : 0]) rows")
      }
      try Shapes.count(output)
      if let addend {
        guard try Shapes.broadcast([addend, output]) == output else {
          throw Shapes.mismatch("C of shape \(addend) can't be broadcast to \(output)")
        }
      }
    }
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let left: TensorFact = try inputs.required(0, "A")
    let right: TensorFact = try inputs.required(1, "B")
    guard let leftShape = left.shape, let rightShape = right.shape else {
      return [TensorFact(left.type, nil)]
    }
    let shape = try Shape(call, leftShape, rightShape, inputs.optional(2)?.shape)
    return [TensorFact(left.type, shape.output)]
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    guard let left = inputs.optional(0)?.shape, left.count == 2, let output = outputs.first?.shape
    else { return 0 }
    let depth = left[call.int("transA", default: 0) != 0 ? 0 : 1]
    return output.reduce(depth) { $0.multiplyingSaturating($1) }
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let left: Tensor = try inputs.required(0, "A")
    let right: Tensor = try inputs.required(1, "B")
    let addend = inputs.optional(2)
    let shape = try Shape(call, left.shape, right.shape, addend?.shape)
    return [
      try left.type.acceptRows(
        Kernel(
          shape: shape, left: left, right: right, addend: addend,
          alpha: call.float("alpha", default: 1), beta: call.float("beta", default: 1)))
    ]
  }

  private struct Kernel: RowVisitor {
    let shape: Shape
    let left: Tensor
    let right: Tensor
    let addend: Tensor?
    let alpha: Float
    let beta: Float

    func visit<R: RowNumber>(_ type: R.Type) throws(EngineError) -> Tensor {
      var result = products(type)
      if alpha != 1 {
        let factor = Double(alpha)
        for index in result.indices { result[index] = .converting(result[index].asDouble * factor) }
      }
      if let addend { add(addend.rows(type), of: addend.shape, to: &result) }
      return try Tensor.fromRows(result, shape: shape.output, type: left.type)
    }

    private func products<R: RowNumber>(_ type: R.Type) -> [R] {
      var result = [R](repeating: .zeroValue, count: shape.rows * shape.columns)
      let left = self.left.rows(type)
      let right = self.right.rows(type)
      result.withUnsafeMutableBufferPointer { result in
        left.withUnsafeBufferPointer { left in
          right.withUnsafeBufferPointer { right in
            guard let target = result.baseAddress, let left = left.baseAddress,
              let right = right.baseAddress
            else { return }
            for row in 0..<shape.rows {
              multiply(target + row * shape.columns, left, right, row: row)
            }
          }
        }
      }
      return result
    }

    private func multiply<R: RowNumber>(
      _ target: UnsafeMutablePointer<R>, _ left: UnsafePointer<R>, _ right: UnsafePointer<R>,
      row: Int
    ) {
      let depth = shape.depth
      if !shape.transposesRight {
        R.accumulate(
          target, count: shape.columns,
          ScaledRows(
            sources: right, stride: shape.columns,
            factors: left + (shape.transposesLeft ? row : row * depth),
            factorStride: shape.transposesLeft ? shape.rows : 1, depth: depth))
        return
      }
      withUnsafeTemporaryAllocation(of: R.self, capacity: max(depth, 1)) { copy in
        for index in 0..<depth {
          copy[index] = left[shape.transposesLeft ? index * shape.rows + row : row * depth + index]
        }
        guard let copy = copy.baseAddress else { return }
        for column in 0..<shape.columns {
          target[column] = R.dot(copy, right + column * depth, count: depth)
        }
      }
    }

    private func add<R: RowNumber>(_ addend: [R], of addendShape: [Int], to result: inout [R]) {
      let strides = Shapes.broadcastStrides(addendShape, to: shape.output)
      let factor = R.converting(Double(beta))
      for row in 0..<shape.rows {
        for column in 0..<shape.columns {
          let value = addend[row * strides[0] + column * strides[1]]
          // A fractional beta has no integer form.
          let scaled =
            beta == 1
            ? value
            : factor.asDouble == Double(beta)
              ? R.times(factor, value) : .converting(value.asDouble * Double(beta))
          let index = row * shape.columns + column
          result[index] = R.plus(result[index], scaled)
        }
      }
    }
  }
}
