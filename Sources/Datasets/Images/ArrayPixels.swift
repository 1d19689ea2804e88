import Tensors

/// Images that lie in memory or in a mapped file one after another.
///
/// Reading one copies nothing, unless there are so many that a mapped file would come to fill the memory:
/// then what was read is copied and given back at once.
struct ArrayPixels: PixelSource {
  /// Bytes of images that may be held in memory.
  static let largestInMemory = 32 << 20

  let count: Int
  let channels: Int
  let height: Int
  let width: Int
  let itemRank: Int
  let type: ElementType
  private let storage: TensorStorage
  private let offset: Int
  private let stride: Int
  private let isChannelsLast: Bool

  /// Images (N, C, H, W), or (N, H, W, C) when `isChannelsLast`, uint8 or float32.
  init(_ images: Tensor, itemRank: Int = 3, isChannelsLast: Bool = false) {
    precondition(images.rank == 4, "images of rank \(images.rank)")
    type = images.type
    count = images.shape[0]
    channels = images.shape[isChannelsLast ? 3 : 1]
    height = images.shape[isChannelsLast ? 1 : 2]
    width = images.shape[isChannelsLast ? 2 : 3]
    self.itemRank = itemRank
    self.isChannelsLast = isChannelsLast
    storage = images.storage
    offset = images.byteOffset
    stride = channels * height * width * images.type.byteSize
  }

  /// Planar uint8 images in records of `stride` bytes, the first pixel at `offset`.
  init(
    storage: TensorStorage, offset: Int, stride: Int, count: Int, channels: Int, height: Int,
    width: Int
  ) {
    type = .uint8
    itemRank = 3
    isChannelsLast = false
    self.storage = storage
    self.offset = offset
    self.stride = stride
    self.count = count
    self.channels = channels
    self.height = height
    self.width = width
  }

  func image(at index: Int) throws(EngineError) -> Tensor {
    let stored = Tensor(
      type: type, shape: [channels, height, width], storage: storage,
      byteOffset: offset + index * stride)
    let isReleased = storage.isMapped && storage.byteCount > Self.largestInMemory
    guard isReleased || isChannelsLast else { return stored }
    let image =
      isChannelsLast
      ? type == .uint8 ? moved(stored, UInt8.self) : moved(stored, Float.self)
      : Tensor(type: type, shape: stored.shape) { out in
        stored.withBytes { out.copyMemory(from: $0) }
      }
    if isReleased { stored.releasePages(isWhole: false) }
    return image
  }

  /// (H, W, C) to (C, H, W).
  private func moved<S: TensorScalar>(_ image: Tensor, _: S.Type) -> Tensor {
    let plane = height * width
    return .building([channels, height, width], of: S.self) { out in
      image.withElements(of: S.self) { pixels in
        for channel in 0..<channels {
          for at in 0..<plane { out[channel * plane + at] = pixels[at * channels + channel] }
        }
      }
    }
  }
}
