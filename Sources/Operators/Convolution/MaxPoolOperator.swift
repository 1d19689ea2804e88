import NetworkGraph
import Tensors

/// ONNX `MaxPool`: the greatest element of each window, and optionally where it lies.
struct MaxPoolOperator: Operator {
  let name = "MaxPool"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let fact = try PoolShape.fact(call, inputs)
    return [fact, TensorFact(.int64, fact.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let shape = try PoolShape(call, input.shape)
    return try input.type.acceptRows(
      Kernel(
        shape: shape, input: input, wantsIndices: call.wantsOutput(1),
        isColumnMajor: call.int("storage_order", default: 0) != 0))
  }

  private struct Kernel: RowVisitor {
    let shape: PoolShape
    let input: Tensor
    let wantsIndices: Bool
    let isColumnMajor: Bool

    func visit<R: RowNumber>(_ type: R.Type) throws(EngineError) -> [Tensor] {
      let values = input.rows(type)
      let count = shape.planes * shape.positions
      // A window in the padding alone has the least value.
      let lowest: R =
        input.type.integerRange.map { R.converting(Double($0.lowerBound)) }
        ?? .converting(-.infinity)
      var result = [R](repeating: lowest, count: count)
      var indices = [Int64](repeating: 0, count: wantsIndices ? count : 0)
      values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        shape.forEachWindow { position, offsets, _ in
          offsets.withUnsafeBufferPointer { offsets in
            for plane in 0..<shape.planes {
              let start = plane * shape.planeSize
              guard let offset = R.greatest(base + start, at: offsets) else { continue }
              result[plane * shape.positions + position] = values[start + offset]
              if wantsIndices {
                indices[plane * shape.positions + position] = Int64(start + index(of: offset))
              }
            }
          }
        }
      }
      let first = try Tensor.fromRows(result, shape: shape.output, type: input.type)
      return wantsIndices ? [first, Tensor(shape.output, indices)] : [first]
    }

    /// The element's number in its plane in the wanted order.
    private func index(of offset: Int) -> Int {
      guard isColumnMajor else { return offset }
      let lengths = shape.windows.input
      let coordinates = ConvolutionKernel<Float>.coordinates(offset, in: lengths)
      var result = 0
      for axis in lengths.indices.reversed() { result = result * lengths[axis] + coordinates[axis] }
      return result
    }
  }
}
