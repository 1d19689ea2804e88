import NetworkGraph
import Tensors

/// The axes that a normalization over the last axes works on.
struct TrailingAxes {
  /// The first normalized axis.
  let axis: Int
  /// Number of normalized parts.
  let outer: Int
  /// Elements of one part.
  let inner: Int

  /// Reads the attribute `axis`.
  init(_ call: OperatorCall, _ shape: [Int]) throws(EngineError) {
    axis = try Shapes.axis(call.int("axis", default: -1), rank: shape.count)
    try Shapes.count(shape)
    outer = Shapes.product(shape.prefix(axis))
    inner = Shapes.product(shape.dropFirst(axis))
  }

  /// The elements of a parameter for each element of a part.
  func parameter(
    _ tensor: Tensor?, _ name: String, shape: [Int]
  ) throws(EngineError) -> [Double]? {
    guard let tensor else { return nil }
    let part = Array(shape.dropFirst(axis))
    guard try Shapes.broadcast([tensor.shape, part]) == part else {
      throw Shapes.mismatch("the input '\(name)' has shape \(tensor.shape) instead of \(part)")
    }
    let values = try tensor.realValues(name)
    if tensor.shape == part { return values }
    let loop = StridedLoop(
      shape: part, strides: [Shapes.broadcastStrides(tensor.shape, to: part)])
    var result = [Double](repeating: 0, count: inner)
    loop.forEachRow { row, offsets in
      for index in 0..<loop.rowLength {
        result[row * loop.rowLength + index] = values[offsets[0] + index * loop.rowStrides[0]]
      }
    }
    return result
  }
}

/// ONNX `LayerNormalization`: mean 0 and variance 1 over the last axes, then scale and bias.
struct LayerNormalizationOperator: Operator {
  let name = "LayerNormalization"

  private func stashType(_ call: OperatorCall) throws(EngineError) -> ElementType {
    switch call.int("stash_type", default: 1) {
    case 1: return .float32
    case 10: return .float16
    case 11: return .float64
    case 16: return .bfloat16
    case let other: throw Shapes.mismatch("stash_type \(other) is not a float type")
    }
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    let stash = try stashType(call)
    guard let shape = input.shape else {
      return [input, TensorFact(stash, nil), TensorFact(stash, nil)]
    }
    let axes = try TrailingAxes(call, shape)
    let reduced = shape.prefix(axes.axis) + shape.dropFirst(axes.axis).map { _ in 1 }
    let statistics = TensorFact(stash, Array(reduced))
    return [TensorFact(input.type, shape), statistics, statistics]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let axes = try TrailingAxes(call, input.shape)
    let scale = try axes.parameter(
      try inputs.required(1, "Scale"), "Scale", shape: input.shape)
    let bias = try axes.parameter(inputs.optional(2), "B", shape: input.shape)
    let epsilon = Double(call.float("epsilon", default: 1e-5))
    let stash = try stashType(call)
    var values = try input.realValues("X")
    var means: [Double] = []
    var inverses: [Double] = []
    for part in 0..<axes.outer {
      let start = part * axes.inner
      let moments = Moments(values[start..<start + axes.inner])
      let inverse = 1 / (moments.variance + epsilon).squareRoot()
      for index in 0..<axes.inner {
        let normal = (values[start + index] - moments.mean) * inverse
        values[start + index] = normal * (scale?[index] ?? 1) + (bias?[index] ?? 0)
      }
      means.append(moments.mean)
      inverses.append(inverse)
    }
    let reduced = input.shape.prefix(axes.axis) + input.shape.dropFirst(axes.axis).map { _ in 1 }
    return [
      try Tensor.fromRows(values, shape: input.shape, type: input.type),
      try Tensor.fromRows(means, shape: Array(reduced), type: stash),
      try Tensor.fromRows(inverses, shape: Array(reduced), type: stash),
    ]
  }
}
