import Tensors

/// Turns an array of images or features, of any numeric type, into a ``PixelSource``.
struct ArrayImages {
  /// `layout` as the description says; without, channels last is recognized by its lengths.
  static func source(
    _ array: Tensor, layout: InputLayout?, subject: String, path: String
  ) throws(EngineError) -> (source: ArrayPixels, notes: [String]) {
    do {
      return try source(array, layout: layout)
    } catch {
      throw error.about(subject).inFile(path)
    }
  }

  private static func source(
    _ array: Tensor, layout: InputLayout?
  ) throws(EngineError) -> (source: ArrayPixels, notes: [String]) {
    let shape = array.shape
    guard (2...4).contains(shape.count) else {
      throw EngineError(
        .invalidData,
        problem: "shape \(shape) is not (N, C, H, W), (N, H, W) or (N, features)",
        remedy: "Store the images with the number of images as the first axis")
    }
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw EngineError(
        .invalidData, problem: "shape \(shape) holds no images",
        remedy: "Give data with at least one image")
    }
    guard
      let images = array.type == .uint8 ? array : array.converted(to: .float32),
      array.type != .bool
    else {
      throw EngineError(
        .invalidData, problem: "elements of type \(array.type) are no pixels",
        remedy: "Store the images as uint8 or float32")
    }
    var notes: [String] = []
    if array.type.isInteger && array.type != .uint8 {
      notes.append("images of type \(array.type) are used as they are, not divided by 255")
    }
    switch shape.count {
    case 2: return (ArrayPixels(images.reshaped([shape[0], 1, 1, shape[1]]), itemRank: 1), notes)
    case 3: return (ArrayPixels(images.reshaped([shape[0], 1, shape[1], shape[2]])), notes)
    default:
      let isLast = layout.map { $0 == .channelsLast } ?? looksChannelsLast(shape)
      return (ArrayPixels(images, isChannelsLast: isLast), notes)
    }
  }

  private static func looksChannelsLast(_ shape: [Int]) -> Bool {
    [1, 3].contains(shape[3]) && ![1, 3].contains(shape[1])
  }
}
