import Tensors

/// NumPy's broadcasting, forwards and backwards.
enum Broadcast {
  /// For each element of `shape`, where it comes from in a tensor of the shape `source`.
  private static func forEach(
    _ shape: [Int], from source: [Int], _ body: (_ to: Int, _ from: Int) -> Void
  ) {
    let offset = shape.count - source.count
    var strides = [Int](repeating: 0, count: shape.count)
    var step = 1
    for axis in source.indices.reversed() {
      strides[axis + offset] = source[axis] == 1 ? 0 : step
      step *= source[axis]
    }
    let count = shape.reduce(1, *)
    guard count > 0 else { return }
    let inner = shape.last ?? 1
    let innerStride = strides.last ?? 0
    var position = [Int](repeating: 0, count: shape.count)
    var from = 0
    var to = 0
    while to < count {
      for index in 0..<inner { body(to + index, from + index * innerStride) }
      to += inner
      var axis = shape.count - 2
      while axis >= 0 {
        position[axis] += 1
        from += strides[axis]
        if position[axis] < shape[axis] { break }
        from -= strides[axis] * shape[axis]
        position[axis] = 0
        axis -= 1
      }
    }
  }

  /// A tensor repeated to a larger shape.
  static func expand(_ tensor: Tensor, to shape: [Int]) -> Tensor {
    if tensor.shape == shape { return tensor }
    return Tensor.building(shape, of: Float.self) { result in
      tensor.withElements(of: Float.self) { source in
        forEach(shape, from: tensor.shape) { result[$0] = source[$1] }
      }
    }
  }

  /// The gradient of what was repeated: sums over the repetitions, in double precision.
  static func reduce(_ gradient: Tensor, to shape: [Int]) -> Tensor {
    if gradient.shape == shape { return gradient }
    var sums = [Double](repeating: 0, count: shape.reduce(1, *))
    gradient.withElements(of: Float.self) { source in
      forEach(gradient.shape, from: shape) { sums[$1] += Double(source[$0]) }
    }
    return Tensor(shape, sums.map { Float($0) })
  }
}
