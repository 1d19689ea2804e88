import Tensors

/// A reduction over some or all axes.
///
/// The axes are an attribute, or an input since the operator's own ``axesInputOpset``.
protocol ReduceOperator: Operator {
  /// The opset since which the axes are an input.
  var axesInputOpset: Int { get }
  /// The reduced value of a set of elements, which may be empty.
  func reduce<N: NumberScalar>(_ elements: UnsafeBufferPointer<N>) -> N
}

extension ReduceOperator {
  var axesInputOpset: Int { 18 }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    guard input.type.isNumber || input.type == .bool else {
      throw Shapes.mismatch("\(name) needs numbers, but its input has type \(input.type)")
    }
    guard let shape = input.shape else { return [TensorFact(input.type, nil)] }
    var given: [Int]?
    if call.opset >= axesInputOpset, let axes: TensorFact = inputs.optional(1) {
      if axes.constant == nil, axes.shape != [0] { return [TensorFact(input.type, nil)] }
      given = axes.integers ?? []
    }
    let axes = try reducedAxes(call, given: given, rank: shape.count)
    return [TensorFact(input.type, reducedShape(call, shape, axes))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "data")
    var given: [Int]?
    if call.opset >= axesInputOpset, let axes: Tensor = inputs.optional(1) {
      given = try axes.integerList("axes")
    }
    let axes = try reducedAxes(call, given: given, rank: input.rank)
    let kept = input.shape.indices.filter { !axes.contains($0) }
    let order = kept + axes
    var rows = input
    if order != Array(input.shape.indices) {
      let strides = Shapes.strides(input.shape)
      rows = StridedCopy.copy(
        input, shape: order.map { input.shape[$0] }, strides: order.map { strides[$0] })
    }
    let type = input.type
    if type == .bool { rows = rows.reinterpreted(as: .uint8) }
    let kernel = ReduceKernel(
      function: self, rows: rows, shape: reducedShape(call, input.shape, axes),
      length: Shapes.product(axes.map { input.shape[$0] }))
    let result = try rows.type.accept(kernel)
    return [type == .bool ? result.reinterpreted(as: .bool) : result]
  }

  /// The axes in ascending order; without any given all, or none with `noop_with_empty_axes`.
  private func reducedAxes(
    _ call: OperatorCall, given: [Int]?, rank: Int
  ) throws(EngineError) -> [Int] {
    let takesInput = call.opset >= axesInputOpset
    let axes = takesInput ? given ?? [] : call.node.ints("axes") ?? []
    if axes.isEmpty {
      let keepsAll = takesInput && call.int("noop_with_empty_axes", default: 0) != 0
      return keepsAll ? [] : Array(0..<rank)
    }
    return try Shapes.axes(axes, rank: rank).sorted()
  }

  private func reducedShape(_ call: OperatorCall, _ shape: [Int], _ axes: [Int]) -> [Int] {
    let keepsAxes = call.int("keepdims", default: 1) != 0
    return shape.indices.compactMap { axis in
      axes.contains(axis) ? (keepsAxes ? 1 : nil) : shape[axis]
    }
  }
}

private struct ReduceKernel<Function: ReduceOperator>: NumberVisitor {
  let function: Function
  let rows: Tensor
  let shape: [Int]
  let length: Int

  func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
    Tensor.building(shape, of: N.self) { target in
      rows.withElements(of: N.self) { source in
        for row in target.indices {
          let range = row * length..<(row + 1) * length
          target[row] = function.reduce(UnsafeBufferPointer(rebasing: source[range]))
        }
      }
    }
  }
}

extension UnsafeBufferPointer where Element: NumberScalar {
  /// The sum of `body` over the elements in the accumulator type.
  @inline(__always)
  func total(
    _ body: (Element.Work.Accumulator) -> Element.Work.Accumulator
  ) -> Element.Work.Accumulator {
    typealias A = Element.Work.Accumulator
    // Four sums at a time: one alone waits for each addition to end.
    var (a, b, c, d) = (A.nought, A.nought, A.nought, A.nought)
    let whole = count & ~3
    for index in stride(from: 0, to: whole, by: 4) {
      a = A.sum(a, body(self[index].work.widened))
      b = A.sum(b, body(self[index + 1].work.widened))
      c = A.sum(c, body(self[index + 2].work.widened))
      d = A.sum(d, body(self[index + 3].work.widened))
    }
    for index in whole..<count { a = A.sum(a, body(self[index].work.widened)) }
    return A.sum(A.sum(a, b), A.sum(c, d))
  }
}
