import NetworkGraph
import Tensors

/// ONNX `MeanVarianceNormalization`: mean 0 and variance 1 over the given axes.
struct MeanVarianceNormalizationOperator: Operator {
  let name = "MeanVarianceNormalization"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let axes = try Shapes.axes(call.node.ints("axes") ?? [0, 2, 3], rank: input.rank)
    let strides = Shapes.strides(input.shape)
    // For each element, the number of the group that is normalized together with it.
    let kept = input.shape.indices.filter { !axes.contains($0) }
    let groupShape = kept.map { input.shape[$0] }
    let groupStrides = Shapes.strides(groupShape)
    var values = try input.realValues("X")
    func group(_ index: Int) -> Int {
      zip(kept, groupStrides).reduce(0) { sum, entry in
        sum + index / strides[entry.0] % input.shape[entry.0] * entry.1
      }
    }
    let groups = values.indices.map(group)
    let count = Double(max(values.count / max(Shapes.product(groupShape), 1), 1))
    var means = [Double](repeating: 0, count: Shapes.product(groupShape))
    for (index, value) in values.enumerated() { means[groups[index]] += value / count }
    var variances = [Double](repeating: 0, count: means.count)
    for (index, value) in values.enumerated() {
      let deviation = value - means[groups[index]]
      variances[groups[index]] += deviation * deviation / count
    }
    for index in values.indices {
      let deviation = variances[groups[index]].squareRoot()
      values[index] = (values[index] - means[groups[index]]) / (deviation + 1e-9)
    }
    return [try Tensor.fromRows(values, shape: input.shape, type: input.type)]
  }
}
