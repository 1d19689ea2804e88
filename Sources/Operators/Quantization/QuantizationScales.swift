import NetworkGraph
import Tensors

/// Which scale belongs to each element of a quantized tensor: one for all, one per index of an
/// axis, or one per block along an axis.
struct QuantizationScales {
  /// Number of scales and zero points.
  let count: Int
  private let inner: Int
  private let length: Int
  /// Elements along the axis that share a scale; 0 for one scale for all.
  private let block: Int
  /// Scales along the axis; 0 unless scales are per block.
  private let blocks: Int

  /// Reads the granularity from the shapes and the attributes `axis` and `block_size`.
  init(
    _ call: OperatorCall, shape: [Int], scale: [Int], zeroPoint: [Int]?
  ) throws(EngineError) {
    if let zeroPoint,
      Shapes.product(zeroPoint) != Shapes.product(scale) || zeroPoint.count > max(scale.count, 1)
    {
      throw Shapes.mismatch("the zero point has shape \(zeroPoint), the scale \(scale)")
    }
    try Shapes.count(shape)
    count = try Shapes.count(scale)
    let blockSize = call.int("block_size", default: 0)
    guard blockSize >= 0 else { throw Shapes.mismatch("block_size \(blockSize) is negative") }
    if scale.isEmpty || (count == 1 && blockSize == 0) {
      (inner, length, block, blocks) = (1, 1, 0, 0)
      return
    }
    let axis = try Shapes.axis(call.int("axis", default: 1), rank: shape.count)
    inner = Shapes.product(shape.dropFirst(axis + 1))
    length = shape[axis]
    if blockSize == 0 {
      guard scale == [length] else {
        throw Shapes.mismatch(
          "the scale has shape \(scale); axis \(axis) of shape \(shape) needs [\(length)]")
      }
      (block, blocks) = (1, 0)
      return
    }
    let needed = length == 0 ? 0 : (length - 1) / blockSize + 1
    var expected = shape
    expected[axis] = needed
    guard scale == expected else {
      throw Shapes.mismatch(
        "the scale has shape \(scale); blocks of \(blockSize) along axis \(axis) of shape "
          + "\(shape) need \(expected)")
    }
    (block, blocks) = (blockSize, needed)
  }

  /// The number of the scale of an element.
  func index(of element: Int) -> Int {
    if block == 0 { return 0 }
    let position = element / inner % length
    if blocks == 0 { return position }
    let outer = element / (inner * length)
    return (outer * blocks + position / block) * inner + element % inner
  }
}
