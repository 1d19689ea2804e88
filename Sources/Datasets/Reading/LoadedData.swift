import Tensors

/// What a reader found in a file or folder, before the description is applied.
struct LoadedData: Sendable {
  /// Number of items.
  var count: Int
  /// Images, or feature vectors; nil for data of arrays only.
  var pixels: (any PixelSource)?
  /// Further images by their array's name, for models that take several: as deep as ``pixels``, of the
  /// same type.
  var furtherImages: [String: any PixelSource] = [:]
  /// Arrays with one row for each item, by name; two entries for data of pairs.
  var parts: [[String: Tensor]] = [[:]]
  var labels: [Int]?
  var classNames: [String]?
  var boxes: [GroundTruthBox]?
  /// Width and height of each image before it was resized; nil where all are as wide as ``pixels``.
  var imageSizes: [SIMD2<Int>]?
  var scores: [Float]?
  var notes: [String] = []
  /// Whether ``pixels`` are resized and cropped already.
  var isResized = false

  /// Whether an array looks like one class for each pixel: integers (N, H, W) named like labels.
  private var hasClassMaps: Bool {
    ["labels", "masks", "label", "mask"].contains { name in
      parts[0][name].map { $0.type.isInteger && $0.rank == 3 } ?? false
    }
  }

  /// The task where no description names one.
  var likelyTask: EvaluationTask {
    if boxes != nil { return .detection }
    if parts.count == 2, scores != nil { return .similarity }
    if labels == nil, pixels != nil, hasClassMaps { return .segmentation }
    return labels == nil ? .agreement : .classification
  }
}
