import NetworkGraph
import Tensors

/// ONNX `Einsum`: products of operands summed over the axes that the result does not have.
struct EinsumOperator: Operator {
  let name = "Einsum"

  private func equation(
    _ call: OperatorCall, _ shapes: [[Int]]
  ) throws(EngineError) -> EinsumEquation {
    guard let text = call.node.string("equation") else {
      throw Shapes.mismatch("the attribute 'equation' is missing")
    }
    return try EinsumEquation(text, shapes: shapes)
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let first: TensorFact = try inputs.required(0, "Inputs")
    let shapes = inputs.compactMap { $0?.shape }
    guard shapes.count == inputs.count else { return [TensorFact(first.type, nil)] }
    return [TensorFact(first.type, try equation(call, shapes).output)]
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    let shapes = inputs.compactMap { $0?.shape }
    do throws(EngineError) {
      return try equation(call, shapes).products.multiplyingSaturating(max(shapes.count - 1, 0))
    } catch {
      return 0
    }
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let first: Tensor = try inputs.required(0, "Inputs")
    let operands = inputs.compactMap { $0 }
    guard operands.count == inputs.count, operands.allSatisfy({ $0.type == first.type }) else {
      throw Shapes.mismatch("the inputs are not all of one type")
    }
    let equation = try equation(call, operands.map(\.shape))
    return [try first.type.acceptRows(Kernel(equation: equation, operands: operands))]
  }

  private struct Kernel: RowVisitor {
    let equation: EinsumEquation
    let operands: [Tensor]

    func visit<R: RowNumber>(_ type: R.Type) throws(EngineError) -> Tensor {
      let rank = equation.output.count
      let outer = StridedLoop(
        shape: equation.output, strides: equation.strides.map { Array($0.prefix(rank)) })
      let inner = StridedLoop(
        shape: equation.sums, strides: equation.strides.map { Array($0.dropFirst(rank)) })
      let values = operands.map { $0.rows(type) }
      var result = [R](repeating: .zeroValue, count: Shapes.product(equation.output))
      outer.forEachRow { row, starts in
        for column in 0..<outer.rowLength {
          var sum = R.zeroValue
          inner.forEachRow { _, offsets in
            var positions = starts.indices.map {
              starts[$0] + column * outer.rowStrides[$0] + offsets[$0]
            }
            for _ in 0..<inner.rowLength {
              var product = values[0][positions[0]]
              for operand in values.indices.dropFirst() {
                product = R.times(product, values[operand][positions[operand]])
              }
              sum = R.plus(sum, product)
              for operand in positions.indices { positions[operand] += inner.rowStrides[operand] }
            }
          }
          result[row * outer.rowLength + column] = sum
        }
      }
      return try Tensor.fromRows(result, shape: equation.output, type: operands[0].type)
    }
  }
}
