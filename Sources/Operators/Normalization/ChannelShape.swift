import Tensors

/// A shape seen as batch, channels and what lies inside a channel.
struct ChannelShape {
  let batch: Int
  let channels: Int
  /// Elements of one channel of one sample.
  let inner: Int

  /// A shape of rank 1 has one channel; a scalar is an error.
  init(_ shape: [Int]) throws(EngineError) {
    guard let batch = shape.first else {
      throw Shapes.mismatch("the input is a scalar; it needs batch and channel axes")
    }
    try Shapes.count(shape)
    self.batch = batch
    channels = shape.count > 1 ? shape[1] : 1
    inner = Shapes.product(shape.dropFirst(2))
  }

  /// Checks that an input has one element per channel.
  func check(_ shape: [Int], _ name: String) throws(EngineError) {
    guard shape == [channels] else {
      throw Shapes.mismatch("the input '\(name)' has shape \(shape) instead of [\(channels)]")
    }
  }
}

extension Tensor {
  /// The elements as doubles, or an error unless they are floats.
  func realValues(_ name: String) throws(EngineError) -> [Double] {
    guard type.isFloat else {
      throw Shapes.mismatch("the input '\(name)' has type \(type) where floats are needed")
    }
    return doubles
  }
}

/// Mean and variance of some values.
struct Moments {
  let mean: Double
  /// The mean square of the deviations (not divided by n - 1).
  let variance: Double

  init(_ values: ArraySlice<Double>) {
    let count = Double(max(values.count, 1))
    let mean = values.reduce(0, +) / count
    self.mean = mean
    variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
  }
}
