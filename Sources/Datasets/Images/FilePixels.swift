import Tensors

/// Image files, decoded when they are asked for; at most 256 MB of them stay in memory.
struct FilePixels: PixelSource {
  let paths: [String]
  let channels: Int
  let height: Int
  let width: Int
  let type = ElementType.uint8
  private let geometry: ImageGeometry
  private let cache = PixelCache()

  var count: Int { paths.count }

  /// The first file says the size, and the channels where no order is given.
  init(
    paths: [String], order: ChannelOrder?, geometry: ImageGeometry
  ) throws(EngineError) {
    guard let first = paths.first else {
      throw EngineError(.invalidData, problem: "there is no image")
    }
    let size = try ImageDecoder.probe(first)
    self.paths = paths
    self.geometry = geometry
    channels = order?.channels ?? size.channels
    do {
      (height, width) = try geometry.output(height: size.height, width: size.width)
    } catch {
      throw error.inFile(first)
    }
  }

  func image(at index: Int) throws(EngineError) -> Tensor {
    let path = paths[index]
    return try cache.image(at: index) { () throws(EngineError) in
      do throws(EngineError) {
        let image = try geometry.applied(to: try ImageDecoder.decode(path, channels: channels))
        guard image.shape == [channels, height, width] else {
          throw EngineError(
            .invalidData,
            problem: "is \(image.shape[2]) x \(image.shape[1]) pixels, the first image "
              + "\(width) x \(height)",
            remedy: "Add 'resize' and 'crop' to the data description, so that all become one size")
        }
        return image
      } catch {
        throw error.inFile(path)
      }
    }
  }
}
