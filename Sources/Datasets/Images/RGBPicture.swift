import CImages
import ModelFormats
import Tensors

/// An 8-bit RGB picture that is drawn on and written as PNG.
public struct RGBPicture: Sendable {
  /// Width in pixels.
  public let width: Int
  /// Height in pixels.
  public let height: Int
  /// Red, green and blue of each pixel, row by row from the top.
  public private(set) var pixels: [UInt8]

  /// Makes a picture of one colour.
  public init(width: Int, height: Int, color: SIMD3<UInt8>) {
    precondition(width > 0 && height > 0, "a picture of \(width) x \(height)")
    self.width = width
    self.height = height
    pixels = []
    pixels.reserveCapacity(3 * width * height)
    for _ in 0..<width * height { pixels += [color.x, color.y, color.z] }
  }

  /// Colours a rectangle; what lies outside of the picture is left out.
  public mutating func fill(
    columns: Range<Int>, rows: Range<Int>, color: SIMD3<UInt8>
  ) {
    for y in rows.clamped(to: 0..<height) {
      for x in columns.clamped(to: 0..<width) { self[x, y] = color }
    }
  }

  /// Draws the outline of a rectangle, `thickness` pixels wide, centred on its edges.
  ///
  /// - Parameter corners: Left, top, right, bottom in pixels.
  public mutating func outline(
    _ corners: SIMD4<Int>, thickness: Int, color: SIMD3<UInt8>
  ) {
    let (low, high) = (thickness / 2, thickness - thickness / 2)
    let columns = (corners.x - low)..<(max(corners.z, corners.x) + high)
    let rows = (corners.y - low)..<(max(corners.w, corners.y) + high)
    for y in [corners.y, max(corners.w, corners.y)] {
      fill(columns: columns, rows: (y - low)..<(y + high), color: color)
    }
    for x in [corners.x, max(corners.z, corners.x)] {
      fill(columns: (x - low)..<(x + high), rows: rows, color: color)
    }
  }

  /// Puts an image at a place, each of its pixels `scale` wide and high.
  ///
  /// - Parameter image: uint8 (C, H, W) of one or three channels.
  public mutating func place(_ image: Tensor, x left: Int, y top: Int, scale: Int) {
    precondition(image.rank == 3 && [1, 3].contains(image.shape[0]), "an image \(image.shape)")
    let (channels, rows, columns) = (image.shape[0], image.shape[1], image.shape[2])
    image.withElements(of: UInt8.self) { source in
      for y in 0..<rows {
        for x in 0..<columns {
          let at = y * columns + x
          let plane = channels == 3 ? rows * columns : 0
          let color = SIMD3(source[at], source[at + plane], source[at + 2 * plane])
          fill(
            columns: (left + x * scale)..<(left + (x + 1) * scale),
            rows: (top + y * scale)..<(top + (y + 1) * scale), color: color)
        }
      }
    }
  }

  /// The colour of a pixel of the picture.
  public private(set) subscript(x: Int, y: Int) -> SIMD3<UInt8> {
    get {
      let at = 3 * (y * width + x)
      return [pixels[at], pixels[at + 1], pixels[at + 2]]
    }
    set {
      let at = 3 * (y * width + x)
      (pixels[at], pixels[at + 1], pixels[at + 2]) = (newValue.x, newValue.y, newValue.z)
    }
  }

  /// Writes the picture as PNG.
  ///
  /// - Throws: ``EngineError`` when the file can't be written.
  public func writePNG(to path: String) throws(EngineError) {
    var encoded: UnsafeMutablePointer<UInt8>?
    var length = 0
    var image = cimg_image()
    (image.width, image.height, image.channels) = (width, height, 3)
    var copy = pixels
    let code = copy.withUnsafeMutableBufferPointer { buffer in
      image.pixels = buffer.baseAddress
      return cimg_encode_png(&image, &encoded, &length)
    }
    defer { cimg_free(encoded) }
    guard code == Int32(CIMG_OK), let encoded else {
      throw EngineError(
        .writeFailed, path: path, problem: "a picture of \(width) x \(height) can't be encoded",
        remedy: "Draw fewer images")
    }
    let bytes = Array(UnsafeBufferPointer(start: encoded, count: length))
    try AtomicFile.write(to: path) { (file: AtomicFile) throws(EngineError) in
      try file.append(bytes)
    }
  }
}

extension EvaluationData {
  /// Image `index` as the model sees it, for people to look at: uint8 (C, H, W) of one or three channels in
  /// the order red, green, blue; nil where items are no such images.
  ///
  /// - Throws: ``EngineError`` when the image can't be read.
  public func picture(of index: Int) throws(EngineError) -> Tensor? {
    guard let pixels, [1, 3].contains(pixels.channels), pixels.itemRank == 3 else { return nil }
    let image = try pixels.image(at: index)
    guard image.type != .uint8 else { return image }
    // Images of floats have no known range: their own is spread over the shades.
    let values = image.floats
    let finite = values.filter(\.isFinite)
    let low = finite.min() ?? 0
    let span = max((finite.max() ?? 1) - low, .leastNormalMagnitude)
    return Tensor(
      image.shape,
      values.map { $0.isFinite ? UInt8(max(0, min(255, ($0 - low) / span * 255))) : 0 })
  }
}
