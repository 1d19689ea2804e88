import Tensors

/// Weights as integer codes with their scales, and the numbers that they stand for.
public struct QuantizedWeights: Sendable {
  /// The codes in the weight's shape: `int8` or `int16` when symmetric, `uint8` or `uint16` when
  /// asymmetric, whatever the bit width below.
  public let codes: Tensor
  /// Float32 scales in the shape of ``layout``.
  public let scales: Tensor
  /// Zero points in the shape of the scales and the type of the codes; nil when symmetric.
  public let zeroPoints: Tensor?
  /// (code - zero point) x scale in float32.
  public let dequantized: Tensor
  /// Which scale belongs to which weight.
  public let layout: ScaleLayout
}
