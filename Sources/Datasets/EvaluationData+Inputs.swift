import NetworkGraph
import Tensors

extension EvaluationData {
  /// Names under which arrays are found for inputs of other names.
  private static let synonyms: [[String]] = [
    ["input_ids", "ids", "tokens", "input_word_ids"],
    ["attention_mask", "mask", "input_mask"],
    ["token_type_ids", "segment_ids", "token_types", "input_type_ids"],
  ]

  /// Finds what an input is to be given.
  ///
  /// Images of the same name come first, then an array of that name, then one of a synonym; then the main
  /// images, if no other input has them. Token types that the data lack are zeros.
  func binding(
    of input: ValueInfo, among inputs: [ValueInfo], part: Int
  ) throws(EngineError) -> InputBinding {
    if let images = furtherImages[input.name] { return .images(images) }
    if let array = array(input.name, part: part) { return .array(array) }
    if let pixels, firstUnmatched(among: inputs, part: part) == input.name {
      return .images(pixels)
    }
    if Self.synonyms[2].contains(input.name), let ids = array("input_ids", part: part) {
      return .zeros(Array(ids.shape.dropFirst()))
    }
    let names = parts[part].keys.sorted() + (pixels == nil ? [] : ["images"])
    throw EngineError(
      .invalidData,
      problem: "the data hold nothing for it; they hold \(names.joined(separator: ", "))",
      remedy: "Name an array of the data like the input")
  }

  /// An array with one row for each item: of this name, or of a synonym as `input_ids` is one of `ids`.
  ///
  /// Ground truth that has no property of its own is found so, by the task that it is for.
  ///
  /// - Parameters:
  ///   - name: The array's name.
  ///   - part: Which half of pairs, in `0..<partCount`.
  public func array(_ name: String, part: Int = 0) -> Tensor? {
    guard parts.indices.contains(part) else { return nil }
    if let exact = parts[part][name] { return exact }
    for names in Self.synonyms where names.contains(name) {
      for other in names {
        if let found = parts[part][other] { return found }
      }
    }
    return nil
  }

  /// The images go to the one input that no array fits; with several, to the first of rank 4.
  private func firstUnmatched(among inputs: [ValueInfo], part: Int) -> String? {
    let unmatched = inputs.filter { array($0.name, part: part) == nil }
    return (unmatched.first { $0.shape?.count == 4 } ?? unmatched.first)?.name
  }

  /// How the model takes the images; an error where their size does not fit.
  func imageForm(
    of source: any PixelSource, for input: ValueInfo
  ) throws(EngineError) -> ImageForm {
    let (channels, height, width) = (source.channels, source.height, source.width)
    guard let shape = input.shape else {
      if source.itemRank == 1 { return .flat }
      return layout == .channelsLast && isFromFiles ? .channelsLast : .channelsFirst
    }
    func fits(_ lengths: [Int]) -> Bool {
      zip(shape.dropFirst(), lengths).allSatisfy { declared, length in
        if case .fixed(let wanted) = declared { wanted == length } else { true }
      }
    }
    switch shape.count {
    case 4 where source.itemRank == 3:
      let first = fits([channels, height, width])
      let last = fits([height, width, channels])
      if first && last {
        return layout == .channelsLast && isFromFiles ? .channelsLast : .channelsFirst
      }
      if first { return .channelsFirst }
      if last { return .channelsLast }
    case 3 where channels == 1 && source.itemRank == 3 && fits([height, width]): return .plane
    case 2 where fits([channels * height * width]): return .flat
    default: break
    }
    throw mismatch(source, shape)
  }

  /// Image files have no layout of their own, so there the description speaks of the model's.
  private var isFromFiles: Bool { pixels is FilePixels }

  /// Names the axis that does not fit, and the remedy for it.
  private func mismatch(_ source: any PixelSource, _ shape: [Dimension]) -> EngineError {
    let declared = "(" + shape.map(\.description).joined(separator: ", ") + ")"
    let images =
      source.itemRank == 1
      ? "vectors of \(source.width) values"
      : "images of \(source.width) x \(source.height) with \(source.channels) "
        + (source.channels == 1 ? "channel" : "channels")
    let text = "the model wants \(declared), the data are \(images)"
    func error(_ problem: String, _ remedy: String) -> EngineError {
      EngineError(.shapeMismatch, problem: problem, remedy: remedy)
    }
    guard shape.count == 4, source.itemRank == 3 else {
      return error(text, "Give data of the model's shape")
    }
    let lengths = shape.map { dimension -> Int? in
      if case .fixed(let length) = dimension { length } else { nil }
    }
    // Channels are few: they tell which layout was meant.
    let isLast = lengths[3].map { $0 <= 4 } ?? false && !(lengths[1].map { $0 <= 4 } ?? false)
    let wantedChannels = isLast ? lengths[3] : lengths[1]
    if let wantedChannels, wantedChannels != source.channels {
      return error(
        "the number of channels differs: " + text,
        wantedChannels == 1 || wantedChannels == 3
          ? "For image files write order: \(wantedChannels == 1 ? "gray" : "RGB") into the data "
            + "description; else give data with \(wantedChannels) channels"
          : "Give data with \(wantedChannels) channels")
    }
    let (height, width) = (isLast ? lengths[1] : lengths[2], isLast ? lengths[2] : lengths[3])
    let size = [height ?? source.height, width ?? source.width]
    return error(
      "height or width differ: " + text,
      "Write input: {resize: \(size[0] == size[1] ? "\(size[0])" : "\(size)"), "
        + "crop: \(size)} into the data description")
  }
}
