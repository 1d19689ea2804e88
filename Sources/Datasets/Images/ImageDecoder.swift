import CImages
import Tensors

/// Decodes PNG and JPEG files to 8-bit pixels.
struct ImageDecoder {
  /// The most pixels that one image may have: 64 million.
  static let maximumPixels = 1 << 26

  /// Size and channels (1 or 3) as the file says.
  static func probe(_ path: String) throws(EngineError) -> (
    height: Int, width: Int, channels: Int
  ) {
    let file = try MappedFile(path: path)
    var image = cimg_image()
    let code = file.withBytes {
      cimg_probe($0.bindMemory(to: UInt8.self).baseAddress, $0.count, &image)
    }
    try check(code, &image, path)
    return (image.height, image.width, Int(image.channels))
  }

  /// The pixels, uint8 (C, H, W).
  static func decode(_ path: String, channels: Int) throws(EngineError) -> Tensor {
    let file = try MappedFile(path: path)
    var image = cimg_image()
    let code = file.withBytes {
      cimg_decode(
        $0.bindMemory(to: UInt8.self).baseAddress, $0.count, Int32(channels), maximumPixels, &image)
    }
    defer { cimg_release(&image) }
    try check(code, &image, path)
    let plane = image.height * image.width
    let pixels = UnsafeBufferPointer(start: image.pixels, count: plane * channels)
    return .building([channels, image.height, image.width], of: UInt8.self) { out in
      for channel in 0..<channels {
        var from = channel
        for to in channel * plane..<(channel + 1) * plane {
          out[to] = pixels[from]
          from += channels
        }
      }
    }
  }

  private static func check(
    _ code: Int32, _ image: inout cimg_image, _ path: String
  ) throws(EngineError) {
    guard code != Int32(CIMG_OK) else { return }
    let text = withUnsafeBytes(of: &image.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch code {
    case Int32(CIMG_TOO_LARGE):
      throw EngineError(
        .unsupported, path: path,
        problem: "the image has \(image.width) x \(image.height) pixels, more than 64 million",
        remedy: "Scale it down")
    case Int32(CIMG_UNSUPPORTED):
      throw EngineError(
        .unsupported, path: path, problem: "\(text) is not read", remedy: "Save it as RGB")
    case Int32(CIMG_UNKNOWN):
      throw EngineError(
        .malformedFile, path: path, problem: "is \(text)", remedy: "Give PNG or JPEG images")
    default:
      throw EngineError(
        .malformedFile, path: path, problem: "can't be decoded: \(text)",
        remedy: "Replace or remove the file")
    }
  }
}
