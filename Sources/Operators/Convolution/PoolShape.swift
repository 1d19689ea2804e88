import NetworkGraph
import Tensors

/// The shapes of a pooling, and the walk over its windows.
package struct PoolShape {
  /// Batch times channels.
  package let planes: Int
  /// Elements of an input plane.
  package let planeSize: Int
  /// Windows in an output plane.
  package let positions: Int
  let windows: WindowGeometry
  /// The shape of the result.
  let output: [Int]

  /// The shapes of a pooling node with an input of this shape.
  package init(_ call: OperatorCall, _ shape: [Int]) throws(EngineError) {
    guard shape.count >= 3 else {
      throw Shapes.mismatch("the input of shape \(shape) has no spatial axes")
    }
    windows = try WindowGeometry(
      call, input: Array(shape.dropFirst(2)), roundsUp: call.int("ceil_mode", default: 0) != 0)
    output = Array(shape.prefix(2)) + windows.output
    try Shapes.count(output)
    try Shapes.count(shape)
    planes = shape[0] * shape[1]
    planeSize = Shapes.product(windows.input)
    positions = Shapes.product(windows.output)
  }

  /// The fact of the result, for a node with one input.
  static func fact(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> TensorFact {
    let input: TensorFact = try inputs.required(0, "X")
    guard let shape = input.shape else { return TensorFact(input.type, nil) }
    return TensorFact(input.type, try PoolShape(call, shape).output)
  }

  /// Calls `body` for each window of a plane.
  ///
  /// It gets the window's number, the offsets of its elements in a plane, and how many positions it
  /// has with padding counted.
  package func forEachWindow(_ body: (_ position: Int, _ offsets: [Int], _ padded: Int) -> Void) {
    for position in 0..<positions {
      let window = ConvolutionKernel<Float>.coordinates(position, in: windows.output)
      var offsets = [0]
      var padded = 1
      for axis in window.indices {
        let start = window[axis] * windows.strides[axis] - windows.before[axis]
        let range = windows.validKernelRange(axis: axis, window: window[axis])
        offsets = offsets.flatMap { offset in
          range.map { offset * windows.input[axis] + start + $0 * windows.dilations[axis] }
        }
        padded *= windows.paddedCount(axis: axis, window: window[axis])
      }
      body(position, offsets, padded)
    }
  }

  /// Reduces every window of every plane to one value.
  func reduce<R: RowNumber>(
    _ input: [R],
    _ body: (
      _ plane: UnsafePointer<R>, _ offsets: UnsafeBufferPointer<Int>, _ padded: Int
    ) -> R
  ) -> [R] {
    var result = [R](repeating: .zeroValue, count: planes * positions)
    input.withUnsafeBufferPointer { input in
      guard let base = input.baseAddress else { return }
      forEachWindow { position, offsets, padded in
        offsets.withUnsafeBufferPointer { offsets in
          for plane in 0..<planes {
            result[plane * positions + position] = body(base + plane * planeSize, offsets, padded)
          }
        }
      }
    }
    return result
  }
}
