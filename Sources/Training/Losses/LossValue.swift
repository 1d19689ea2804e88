import Tensors

/// A shard's part of a loss, and how it depends on the outputs.
public struct LossValue: Sendable {
  /// The shard's part of the batch's mean.
  public var value: Double
  /// dL/dy of each output that counts by name, float32 in its shape.
  public var seeds: [String: Tensor]

  /// Makes a value.
  public init(value: Double, seeds: [String: Tensor]) {
    self.value = value
    self.seeds = seeds
  }
}
