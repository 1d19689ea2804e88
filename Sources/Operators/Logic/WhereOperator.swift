import Tensors

/// ONNX `Where`: `X` where the condition is true, otherwise `Y`; all three are broadcast.
struct WhereOperator: Operator {
  let name = "Where"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let condition = try inputs.required(0, "condition")
    let (left, right) = (try inputs.required(1, "X"), try inputs.required(2, "Y"))
    guard condition.type == .bool, left.type == right.type else {
      throw Shapes.mismatch(
        "Where can't choose by \(condition.type) between \(left.type) and \(right.type)")
    }
    let shapes = [condition.shape, left.shape, right.shape].compactMap { $0 }
    return [TensorFact(left.type, shapes.count == 3 ? try Shapes.broadcast(shapes) : nil)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let facts = try infer(call, inputs.map { $0?.fact })
    guard let shape = facts[0].shape else { return [] }
    let condition = try inputs.required(0, "condition")
    let (left, right) = (try inputs.required(1, "X"), try inputs.required(2, "Y"))
    let loop = StridedLoop(
      shape: shape,
      strides: [condition, left, right].map { Shapes.broadcastStrides($0.shape, to: shape) })
    if left.type == .string {
      return [chooseStrings(condition, left, right, shape: shape, loop: loop)]
    }
    let kernel = Kernel(condition: condition, left: left, right: right, shape: shape, loop: loop)
    return [try left.type.accept(kernel)]
  }

  private func chooseStrings(
    _ condition: Tensor, _ left: Tensor, _ right: Tensor, shape: [Int], loop: StridedLoop
  ) -> Tensor {
    let (choices, x, y) = (condition.array(of: Bool.self), left.strings, right.strings)
    let steps = loop.rowStrides
    var result: [String] = []
    loop.forEachRow { _, offsets in
      for index in 0..<loop.rowLength {
        result.append(
          choices[offsets[0] + index * steps[0]]
            ? x[offsets[1] + index * steps[1]] : y[offsets[2] + index * steps[2]])
      }
    }
    return Tensor(shape, strings: result)
  }

  private struct Kernel: ScalarVisitor {
    let condition: Tensor
    let left: Tensor
    let right: Tensor
    let shape: [Int]
    let loop: StridedLoop

    func visit<S: TensorScalar>(_ type: S.Type) -> Tensor {
      let (length, steps) = (loop.rowLength, loop.rowStrides)
      let (choiceStep, leftStep, rightStep) = (steps[0], steps[1], steps[2])
      let result = Tensor.building(shape, of: S.self) { target in
        condition.withElements(of: Bool.self) { choices in
          left.withElements(of: S.self) { x in
            right.withElements(of: S.self) { y in
              loop.forEachRow { row, offsets in
                let (first, second, third) = (offsets[0], offsets[1], offsets[2])
                for index in 0..<length {
                  target[row * length + index] =
                    choices[first + index * choiceStep]
                    ? x[second + index * leftStep] : y[third + index * rightStep]
                }
              }
            }
          }
        }
      }
      return result.reinterpreted(as: left.type)
    }
  }
}
