import Datasets
import Tensors

/// Images with the boxes of the original network and those of a plan drawn in two colours: the original's
/// wide and green, the plan's narrow and red over them, so that both are seen where they agree.
public struct DetectionPicture: Sendable {
  /// The colour of the original's boxes.
  public static let originalColor: SIMD3<UInt8> = [0, 190, 120]
  /// The colour of the plan's boxes.
  public static let planColor: SIMD3<UInt8> = [255, 60, 40]

  /// The picture.
  public let picture: RGBPicture
  /// The images in it.
  public let images: Int

  /// The width that images are enlarged to at least, by a whole factor.
  private static let leastWidth = 480
  private static let gap = 8

  /// Draws the first images of data, four in a row.
  ///
  /// - Parameters:
  ///   - data: The images.
  ///   - original: The original's boxes in each.
  ///   - plan: The plan's; nil draws the original's alone.
  ///   - shown: The score from which on a box is drawn.
  ///   - most: How many images to draw.
  /// - Throws: ``EngineError`` when the data are no images, or one can't be read.
  public init(
    data: EvaluationData, original: [[DetectedBox]], plan: [[DetectedBox]]?, shown: Double,
    most: Int = 8
  ) throws(EngineError) {
    let count = min(most, data.count)
    var tensors: [Tensor] = []
    for index in 0..<count {
      guard let image = try data.picture(of: index) else {
        throw EngineError(
          .invalidData, path: data.path, problem: "holds no gray or RGB images to draw boxes on",
          remedy: "Give image data")
      }
      tensors.append(image)
    }
    let (height, width) = (tensors[0].shape[1], tensors[0].shape[2])
    let scale = max(1, (Self.leastWidth + width - 1) / width)
    let columns = min(4, count)
    let rows = (count + columns - 1) / columns
    let (across, down) = (width * scale + Self.gap, height * scale + Self.gap)
    var picture = RGBPicture(
      width: columns * across + Self.gap, height: rows * down + Self.gap, color: [30, 30, 30])
    for (index, image) in tensors.enumerated() {
      let left = Self.gap + index % columns * across
      let top = Self.gap + index / columns * down
      picture.place(image, x: left, y: top, scale: scale)
      let size = SIMD2(width * scale, height * scale)
      for (boxes, thickness, color) in [
        (original, 4, Self.originalColor), (plan ?? [], 2, Self.planColor),
      ] where boxes.indices.contains(index) {
        for box in boxes[index] where box.score >= shown {
          let corners = Self.corners(box, size)
          picture.outline(
            [left + corners.x, top + corners.y, left + corners.z, top + corners.w],
            thickness: thickness, color: color)
        }
      }
    }
    self.picture = picture
    images = count
  }

  /// The box in pixels, kept within its image.
  private static func corners(_ box: DetectedBox, _ size: SIMD2<Int>) -> SIMD4<Int> {
    func place(_ share: Double, _ length: Int) -> Int {
      Int((min(max(share, 0), 1) * Double(length - 1)).rounded())
    }
    let corners = box.corners
    return [
      place(corners.x, size.x), place(corners.y, size.y), place(corners.z, size.x),
      place(corners.w, size.y),
    ]
  }
}
