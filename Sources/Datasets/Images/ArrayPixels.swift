import Tensors

/// Images that lie in memory or in a mapped file one after another; reading one copies nothing.
struct ArrayPixels: PixelSource {
  let count: Int
  let channels: Int
  let height: Int
  let width: Int
  let itemRank: Int
  let type: ElementType
  private let storage: TensorStorage
  private let offset: Int
  private let stride: Int

  /// Images (N, C, H, W), uint8 or float32.
  init(_ images: Tensor, itemRank: Int = 3) {
    precondition(images.rank == 4, "images of rank \(images.rank)")
    type = images.type
    count = images.shape[0]
    channels = images.shape[1]
    height = images.shape[2]
    width = images.shape[3]
    self.itemRank = itemRank
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
    self.storage = storage
    self.offset = offset
    self.stride = stride
    self.count = count
    self.channels = channels
    self.height = height
    self.width = width
  }

  func image(at index: Int) throws(EngineError) -> Tensor {
    Tensor(
      type: type, shape: [channels, height, width], storage: storage,
      byteOffset: offset + index * stride)
  }
}
