import NetworkGraph
import Tensors

/// Images or token arrays with their ground truth, ready to be given to a model.
///
/// Pixels stay as stored (uint8 where they are) and become float batches when they are asked for, so
/// that 10,000 images take their bytes once. Values are immutable and can be used from any thread.
///
/// ```swift
/// let data = try EvaluationData.open(path: "cifar10_test1000.npz", limit: nil)
/// try data.check(against: graph.runtimeInputs)
/// let batch = try data.inputs(for: [0, 1, 2], graphInputs: graph.runtimeInputs)
/// ```
public struct EvaluationData: Sendable {
  /// The data's name: of the file or folder, without its extension.
  public let name: String
  /// The data file or folder.
  public let path: String
  /// The description that was used; nil where there is none.
  public let descriptionPath: String?
  /// Number of items: images, texts, or pairs of texts.
  public let count: Int
  /// What the data are for.
  public let task: EvaluationTask
  /// The class of each item; nil where the data have none.
  public let labels: [Int]?
  /// The names of the classes; nil where neither data nor description say.
  public let classNames: [String]?
  /// The boxes to be found, in file order; nil where the data have none.
  public let boxes: [GroundTruthBox]?
  /// How a detector's outputs become boxes, as the description says; nil where it does not.
  public let head: HeadDescription?
  /// The gold score of each pair; nil where the data have none.
  public let scores: [Float]?
  /// The class of pixels that are not judged in segmentation: 255 unless the description says `ignore`.
  public let ignoredClass: Int
  /// What the user should know, such as that mean and standard deviation are unknown.
  public let notes: [String]
  /// Width and height of the images as the model gets them, in pixels; nil where items are no images.
  public var inputSize: SIMD2<Int>? { pixels.map { [$0.width, $0.height] } }
  /// How many inputs an item has: 2 for pairs of texts, otherwise 1.
  public var partCount: Int { parts.count }

  /// Width and height of the images before they are resized: of each, or one for all; nil without images.
  let imageSizes: [SIMD2<Int>]?
  let geometry: ImageGeometry
  let pixels: (any PixelSource)?
  /// Further images by their array's name, prepared as ``pixels`` are.
  let furtherImages: [String: any PixelSource]
  let preprocessing: Preprocessing?
  let layout: InputLayout?
  /// Arrays with one row for each item, by name; for pairs, one dictionary for each half.
  let parts: [[String: Tensor]]

  init(
    _ loaded: LoadedData, _ description: DataDescription?, name: String, path: String,
    notes: [String]
  ) throws(EngineError) {
    var source = loaded.pixels
    var further = loaded.furtherImages
    if let pixels = source, let geometry = description?.geometry, !geometry.isIdentity,
      !loaded.isResized
    {
      source = try ResizedPixels(pixels, geometry: geometry)
      for (name, pixels) in further {
        further[name] = try ResizedPixels(pixels, geometry: geometry)
      }
    }
    head = description?.head
    imageSizes =
      loaded.imageSizes ?? loaded.pixels.map { [SIMD2($0.width, $0.height)] }
    geometry = description?.geometry ?? ImageGeometry()
    pixels = source
    furtherImages = further
    if let source {
      preprocessing = try Preprocessing(
        description, channels: source.channels, type: source.type)
    } else {
      preprocessing = nil
    }
    self.name = name
    self.path = path
    descriptionPath = description?.path
    layout = description?.layout
    count = loaded.count
    task = description?.task ?? loaded.likelyTask
    labels = loaded.labels
    ignoredClass = description?.ignoredClass ?? 255
    classNames = description?.classNames ?? loaded.classNames
    boxes = loaded.boxes
    scores = loaded.scores
    parts = loaded.parts
    self.notes = notes + loaded.notes + Self.notes(loaded, description, task: task)
    try checkClasses(count: classNames?.count, source: "the class names")
  }

  private static func notes(
    _ loaded: LoadedData, _ description: DataDescription?, task: EvaluationTask
  ) -> [String] {
    var notes: [String] = []
    // Vectors of numbers are no pixels.
    if let pixels = loaded.pixels, pixels.itemRank > 1,
      description?.mean == nil || description?.std == nil
    {
      let scaled = pixels.type == .uint8 || description?.scale != nil
      let divisor = description?.scale ?? 255
      let rounded = divisor == divisor.rounded() ? String(Int(divisor)) : String(divisor)
      let known = description?.mean != nil || description?.std != nil
      if !known {
        notes.append(
          "mean and std are unknown: pixels are "
            + (scaled ? "only divided by \(rounded)" : "used as they are"))
      }
    }
    let missing =
      switch task {
      case .classification: loaded.labels == nil ? "labels" : nil
      case .detection: loaded.boxes == nil ? "boxes" : nil
      case .similarity: loaded.scores == nil || loaded.parts.count < 2 ? "scored pairs" : nil
      case .segmentation, .regression:
        task.targetNames.contains { loaded.parts[0][$0] != nil }
          ? nil : task == .segmentation ? "class maps" : "targets"
      case .agreement: nil as String?
      }
    if let missing {
      notes.append("the data have no \(missing): only agreement with the original model is known")
    }
    return notes
  }

  /// The inputs of the model for the items at `indices`, as batches in that order.
  ///
  /// Images are preprocessed: float32 (N, C, H, W), or the layout and element type that the model
  /// declares. Other arrays are matched with the model's inputs by name.
  ///
  /// - Parameters:
  ///   - indices: The items, in `0..<count`.
  ///   - graphInputs: The inputs that the model wants: `NetworkGraph.runtimeInputs`.
  ///   - part: Which half of pairs, in `0..<partCount`.
  public func inputs(
    for indices: [Int], graphInputs: [ValueInfo], part: Int = 0
  ) throws(EngineError) -> [String: Tensor] {
    if let wrong = indices.first(where: { !(0..<count).contains($0) }) {
      throw EngineError(
        .invalidArgument, path: path, problem: "item \(wrong) of \(count)",
        remedy: "Give items from 0 to \(count - 1)")
    }
    guard parts.indices.contains(part) else {
      throw EngineError(
        .invalidArgument, path: path, problem: "half \(part) of data with \(parts.count)",
        remedy: "Give a half from 0 to \(parts.count - 1)")
    }
    var result: [String: Tensor] = [:]
    for input in graphInputs {
      do {
        result[input.name] =
          switch try binding(of: input, among: graphInputs, part: part) {
          case .array(let array): try converted(array.rows(indices), for: input)
          case .zeros(let row):
            try converted(
              .filled([indices.count] + row, with: Int64(0)), for: input)
          case .images(let source): try images(source, indices, for: input)
          }
      } catch {
        throw error.about("input '\(input.name)'").inFile(path)
      }
    }
    return result
  }

  private func converted(_ tensor: Tensor, for input: ValueInfo) throws(EngineError) -> Tensor {
    guard let result = tensor.converted(to: input.type ?? tensor.type) else {
      throw EngineError(
        .invalidData,
        problem: "the model wants \(input.type?.rawValue ?? "?"), the data are \(tensor.type)",
        remedy: "Store the array in the model's type")
    }
    return result
  }

  private func images(
    _ source: any PixelSource, _ indices: [Int], for input: ValueInfo
  ) throws(EngineError) -> Tensor {
    guard let preprocessing else {
      throw EngineError(.invalidData, problem: "the data hold no images")
    }
    let form = try imageForm(of: source, for: input)
    var images: [Tensor] = []
    images.reserveCapacity(indices.count)
    for index in indices { images.append(try source.image(at: index)) }
    let (channels, height, width) = (source.channels, source.height, source.width)
    let batch =
      input.type == .uint8 && source.type == .uint8
      ? preprocessing.pixels(
        images, channels: channels, height: height, width: width,
        isChannelsLast: form == .channelsLast)
      : preprocessing.batch(
        images, channels: channels, height: height, width: width,
        isChannelsLast: form == .channelsLast)
    let shaped =
      switch form {
      case .channelsFirst, .channelsLast: batch
      case .plane: batch.reshaped([indices.count, height, width])
      case .flat: batch.reshaped([indices.count, channels * height * width])
      }
    return try converted(shaped, for: input)
  }
}
