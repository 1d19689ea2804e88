/// Exact bytes of a model under a plan.
public struct SizeSummary: Sendable, Hashable {
  /// Bytes of the original model file.
  public var originalFile: Int
  /// Bytes of all weights of compressible layers as 32-bit floats, before.
  public var originalWeights: Int
  /// Bytes of those weights under the plan: the best of packed, bitmask and compressed rows per layer,
  /// scales included; plus everything else in the file unchanged.
  public var stored: Int
  /// Exact bytes of the file each export format would write, by format name.
  public var formats: [String: Int]
  /// Share of zeros among all compressible weights.
  public var sparsity: Double
  /// Multiply-adds of one sample.
  public var multiplyAdds: Int
  /// Multiply-adds of one sample that meet a nonzero weight.
  public var nonzeroMultiplyAdds: Int

  /// Makes a summary.
  public init(
    originalFile: Int, originalWeights: Int, stored: Int, formats: [String: Int], sparsity: Double,
    multiplyAdds: Int, nonzeroMultiplyAdds: Int
  ) {
    self.originalFile = originalFile
    self.originalWeights = originalWeights
    self.stored = stored
    self.formats = formats
    self.sparsity = sparsity
    self.multiplyAdds = multiplyAdds
    self.nonzeroMultiplyAdds = nonzeroMultiplyAdds
  }
}
