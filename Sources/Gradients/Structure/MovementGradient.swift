import NetworkGraph
import Operators
import Tensors

/// The gradient of every operator that only moves elements: copies, permutes, repeats, drops or picks
/// them, or fills up with constants.
///
/// The operator itself tells where its elements come from: run on the numbers 1, 2, 3 ... in place of
/// its data it gives, for each element of a result, the number of the element that it is a copy of, or
/// 0 for a constant. Gradients are added up at those places, in double precision.
struct MovementGradient: GradientRule {
  let operators = [
    "Compress", "Concat", "DepthToSpace", "Dropout", "Expand", "Flatten", "Gather",
    "GatherElements", "GatherND", "Identity", "Pad", "Reshape", "ReverseSequence",
    "ScatterElements", "ScatterND", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile",
    "Transpose", "Trilu", "Unsqueeze", "Where",
  ]

  /// Which inputs are data, and not shapes, indices or conditions.
  private func dataInputs(_ step: GradientStep) -> [Int] {
    switch step.call.node.op {
    case "Concat": Array(step.inputs.indices)
    case "Where": [1, 2]
    case "ScatterElements", "ScatterND": [0, 2]
    default: [0]
    }
  }

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    var inputs = step.inputs
    let data = dataInputs(step)
    var next: Int64 = 1
    for index in data {
      guard index < inputs.count, let input = inputs[index] else { continue }
      let first = next
      inputs[index] = Tensor.building(input.shape, of: Int64.self) { numbers in
        for place in numbers.indices { numbers[place] = first + Int64(place) }
      }
      next += Int64(input.count)
    }
    if step.call.node.op == "Pad" {
      try checkPadding(step)
      if inputs.count > 2, inputs[2] != nil { inputs[2] = Tensor(scalar: Int64(0)) }
    }
    let sources = try origins(step, inputs)
    var sums = [Double](repeating: 0, count: Int(next))
    for (index, gradient) in step.outputGradients.enumerated() {
      guard let gradient, index < sources.count else { continue }
      gradient.withElements(of: Float.self) { gradient in
        sources[index].withElements(of: Int64.self) { sources in
          for (value, source) in zip(gradient, sources) { sums[Int(source)] += Double(value) }
        }
      }
    }
    var result = [Tensor?](repeating: nil, count: step.inputs.count)
    var first = 1
    for index in data {
      guard index < step.inputs.count, let input = step.inputs[index] else { continue }
      if step.wants(index) {
        result[index] = Tensor(input.shape, sums[first..<(first + input.count)].map { Float($0) })
      }
      first += input.count
    }
    return result
  }

  /// For each element of each output, the number of the input element that it is.
  private func origins(
    _ step: GradientStep, _ inputs: [Tensor?]
  ) throws(EngineError) -> [Tensor] {
    guard let entry = OperatorRegistry.standard[step.call.node] else { return [] }
    if let reduction = step.call.node.string("reduction"), reduction != "none" {
      throw EngineError(
        .unsupported,
        problem:
          "\(step.call.node.op) with reduction '\(reduction)' has no gradient in this version",
        remedy: "Freeze the layers in front of it")
    }
    return try entry.run(step.call, inputs)
  }

  /// Only constants may fill up; older operator sets give them as an attribute of floats, which stands
  /// for no element either.
  private func checkPadding(_ step: GradientStep) throws(EngineError) {
    guard let value = step.call.node.float("value"), value != 0 else { return }
    throw EngineError(
      .unsupported, problem: "Pad with the constant \(value) has no gradient below operator set 11",
      remedy: "Export the model with operator set 11 or later")
  }
}
