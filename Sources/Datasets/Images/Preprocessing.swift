import Tensors

/// x = (pixel / scale - mean) / std per channel, every step in float32 and in that order.
struct Preprocessing: Sendable {
  let scale: Float
  /// One number for each channel, in the order of the batch's channels.
  let mean: [Float]
  let std: [Float]
  /// Whether the batch's channels are blue, green, red.
  let isReversed: Bool
  /// The results for all 256 values, channel after channel.
  private let table: [Float]

  /// What a description says about images of `channels` channels.
  ///
  /// Without a scale, uint8 images are divided by 255 and others are not.
  init(
    _ description: DataDescription?, channels: Int, type: ElementType
  ) throws(EngineError) {
    func perChannel(_ values: [Float]?, _ key: String, _ other: Float) throws(EngineError)
      -> [Float]
    {
      let values = values ?? [other]
      if values.count == 1 { return [Float](repeating: values[0], count: channels) }
      guard values.count == channels else {
        throw EngineError(
          .invalidData, path: description?.path,
          problem: "'\(key)' has \(values.count) numbers for images of \(channels) channels",
          remedy: "Give one number for each channel")
      }
      return values
    }
    if let order = description?.order, order.channels != channels {
      throw EngineError(
        .invalidData, path: description?.path,
        problem: "'order' is \(order.rawValue), but the images have \(channels) channels",
        remedy: channels == 1 ? "Write order: gray" : "Write order: RGB")
    }
    isReversed = description?.order == .bgr
    scale = description?.scale ?? (type == .uint8 ? 255 : 1)
    mean = try perChannel(description?.mean, "mean", 0)
    std = try perChannel(description?.std, "std", 1)
    var table: [Float] = []
    if type == .uint8 {
      table.reserveCapacity(256 * channels)
      for channel in 0..<channels {
        for pixel in 0..<256 {
          table.append((Float(pixel) / scale - mean[channel]) / std[channel])
        }
      }
    }
    self.table = table
  }

  /// The batch of images (C, H, W), all of one shape and type.
  ///
  /// - Returns: float32 (N, C, H, W), or (N, H, W, C) when `isChannelsLast`.
  func batch(_ images: [Tensor], channels: Int, height: Int, width: Int, isChannelsLast: Bool)
    -> Tensor
  {
    let plane = height * width
    let step = isChannelsLast ? channels : 1
    return .building(
      shape(images.count, channels, height, width, isChannelsLast), of: Float.self
    ) { out in
      guard let start = out.baseAddress else { return }
      for (index, image) in images.enumerated() {
        for channel in 0..<channels {
          let from = (isReversed ? channels - 1 - channel : channel) * plane
          let to = start + index * channels * plane + (isChannelsLast ? channel : channel * plane)
          if image.type == .uint8 {
            image.withElements(of: UInt8.self) {
              look(up: UnsafeBufferPointer(rebasing: $0[from..<from + plane]), channel, to, step)
            }
          } else {
            image.withElements(of: Float.self) {
              scale(UnsafeBufferPointer(rebasing: $0[from..<from + plane]), channel, to, step)
            }
          }
        }
      }
    }
  }

  /// The batch of uint8 images as they are, for models that take pixels.
  func pixels(_ images: [Tensor], channels: Int, height: Int, width: Int, isChannelsLast: Bool)
    -> Tensor
  {
    let plane = height * width
    let step = isChannelsLast ? channels : 1
    return .building(
      shape(images.count, channels, height, width, isChannelsLast), of: UInt8.self
    ) { out in
      for (index, image) in images.enumerated() {
        image.withElements(of: UInt8.self) { pixels in
          for channel in 0..<channels {
            let from = (isReversed ? channels - 1 - channel : channel) * plane
            var to = index * channels * plane + (isChannelsLast ? channel : channel * plane)
            for at in from..<from + plane {
              out[to] = pixels[at]
              to += step
            }
          }
        }
      }
    }
  }

  private func shape(
    _ count: Int, _ channels: Int, _ height: Int, _ width: Int, _ isChannelsLast: Bool
  ) -> [Int] {
    isChannelsLast ? [count, height, width, channels] : [count, channels, height, width]
  }

  private func look(
    up pixels: UnsafeBufferPointer<UInt8>, _ channel: Int, _ start: UnsafeMutablePointer<Float>,
    _ step: Int
  ) {
    table.withUnsafeBufferPointer { table in
      let values = UnsafeBufferPointer(rebasing: table[channel * 256..<(channel + 1) * 256])
      var to = start
      for pixel in pixels {
        to.initialize(to: values[Int(pixel)])
        to += step
      }
    }
  }

  private func scale(
    _ pixels: UnsafeBufferPointer<Float>, _ channel: Int, _ start: UnsafeMutablePointer<Float>,
    _ step: Int
  ) {
    let (mean, std) = (mean[channel], std[channel])
    var to = start
    for pixel in pixels {
      to.initialize(to: (pixel / scale - mean) / std)
      to += step
    }
  }
}
