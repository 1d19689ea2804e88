import NetworkGraph

extension CompressibleLayer {
  /// Lengths of the axes that are no channels: the kernel of a convolution.
  var kernel: [Int] {
    shape.indices.filter { $0 != outputAxis && $0 != inputAxis }.map { shape[$0] }
  }

  /// The kernel in words: `3x3`.
  var kernelText: String { kernel.map(String.init).joined(separator: "x") }

  /// The shape in words: `64x64x3x3`.
  var shapeText: String { shape.map(String.init).joined(separator: "x") }
}
