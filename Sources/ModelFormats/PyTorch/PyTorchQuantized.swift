import Tensors

/// A symmetric quantized tensor as PyTorch keeps it: `qint8` codes whose zero point is 0.
public struct PyTorchQuantized: Sendable {
  /// The codes, `int8`.
  public let codes: Tensor
  /// The float32 scales: one, or one for each index of ``axis``.
  public let scales: Tensor
  /// The axis that scales run along; nil for one scale (`torch.per_tensor_affine`).
  public let axis: Int?

  /// Makes one; values are read only when it is written.
  public init(codes: Tensor, scales: Tensor, axis: Int?) {
    precondition(codes.type == .int8, "codes are \(codes.type)")
    precondition(scales.count == (axis.map { codes.shape[$0] } ?? 1), "scales that fit no axis")
    self.codes = codes
    self.scales = scales
    self.axis = axis
  }
}
