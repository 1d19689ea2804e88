import Tensors

/// Mirrors images and moves them about, by numbers that depend on seed, epoch and sample only.
public struct ImageAugmentation: Sendable, Hashable {
  /// Whether half of the images are mirrored left to right.
  public let flips: Bool
  /// Pixels that an image is moved by at most in each direction; what moves in repeats the edge.
  public let shift: Int
  /// Whether images lie as (N, H, W, C) and not as (N, C, H, W).
  public let isChannelsLast: Bool

  /// An augmentation.
  public init(flips: Bool, shift: Int, isChannelsLast: Bool = false) {
    self.flips = flips
    self.shift = shift
    self.isChannelsLast = isChannelsLast
  }

  /// Whether images stay as they are.
  public var isIdentity: Bool { !flips && shift == 0 }

  /// The augmented images.
  ///
  /// - Parameters:
  ///   - images: Float32 of rank 4.
  ///   - seeds: A random number for each image.
  public func apply(to images: Tensor, seeds: [UInt64]) -> Tensor {
    guard !isIdentity, images.rank == 4, images.type == .float32 else { return images }
    let shape = images.shape
    let (channels, height, width) =
      isChannelsLast ? (shape[3], shape[1], shape[2]) : (shape[1], shape[2], shape[3])
    let (columnStep, rowStep, planeStep) =
      isChannelsLast ? (channels, width * channels, 1) : (1, width, height * width)
    let length = channels * height * width
    return Tensor.building(shape, of: Float.self) { result in
      images.withElements(of: Float.self) { images in
        for (image, seed) in seeds.enumerated() {
          var random = SeededNumbers(seed: seed)
          let isFlipped = flips && random.next(below: 2) == 1
          let down = shift > 0 ? random.next(below: 2 * shift + 1) - shift : 0
          let right = shift > 0 ? random.next(below: 2 * shift + 1) - shift : 0
          let columns = (0..<width).map { column in
            let from = min(max(column - right, 0), width - 1)
            return (isFlipped ? width - 1 - from : from) * columnStep
          }
          for channel in 0..<channels {
            for row in 0..<height {
              let from = min(max(row - down, 0), height - 1)
              let source = image * length + channel * planeStep + from * rowStep
              let target = image * length + channel * planeStep + row * rowStep
              for column in 0..<width {
                result.initializeElement(
                  at: target + column * columnStep, to: images[source + columns[column]])
              }
            }
          }
        }
      }
    }
  }
}
