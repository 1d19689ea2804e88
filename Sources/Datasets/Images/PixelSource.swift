import Tensors

/// Images of one size that can be read one by one, from any thread.
protocol PixelSource: Sendable {
  /// Number of images.
  var count: Int { get }
  var channels: Int { get }
  var height: Int { get }
  var width: Int { get }
  /// `uint8`, or `float32` for images that are used as they are.
  var type: ElementType { get }
  /// The axes of one item where the data are no images: a feature vector has one.
  var itemRank: Int { get }
  /// Image `index` as (C, H, W).
  func image(at index: Int) throws(EngineError) -> Tensor
}

extension PixelSource {
  var itemRank: Int { 3 }
}
