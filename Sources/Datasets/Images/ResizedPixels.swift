import Tensors

/// Images of another source, resized and cropped when they are asked for.
struct ResizedPixels: PixelSource {
  private let source: any PixelSource
  private let geometry: ImageGeometry
  private let cache = PixelCache()
  let height: Int
  let width: Int
  let type = ElementType.uint8

  var count: Int { source.count }
  var channels: Int { source.channels }

  init(_ source: any PixelSource, geometry: ImageGeometry) throws(EngineError) {
    guard source.type == .uint8, source.itemRank == 3 else {
      throw EngineError(
        .unsupported, problem: "'resize' and 'crop' are for uint8 images",
        remedy: "Store the images in the size that the model wants")
    }
    self.source = source
    self.geometry = geometry
    (height, width) = try geometry.output(height: source.height, width: source.width)
  }

  func image(at index: Int) throws(EngineError) -> Tensor {
    try cache.image(at: index) { () throws(EngineError) in
      try geometry.applied(to: try source.image(at: index))
    }
  }
}
