import ArgumentParser
import Datasets
import Evaluation
import Execution
import Tensors

/// What a detector found, written to files.
struct DetectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write the boxes that were found as COCO results (JSON): the plan's, or the model's without one.",
      discussion: "Image and category identifiers count from 1 in the order of the data."),
    completion: .file())
  var detections: String?
  @Option(
    help: "Write the boxes to be found as COCO annotations (JSON), beside --detections.",
    completion: .file())
  var annotations: String?
  @Option(
    name: .customLong("box-picture"),
    help: ArgumentHelp(
      "Draw the boxes in the first images to this PNG: the original's green, the plan's red.",
      discussion: "Boxes with a score from 'shown' of the head block on are drawn; 0.5 by default."),
    completion: .file())
  var boxPicture: String?
  @Option(
    name: .customLong("picture-images"), help: "How many images --box-picture draws.")
  var pictureImages = 8

  @Option(
    name: .customLong("interval-coverage"),
    help: ArgumentHelp(
      "Tell how often the interval of the mAP difference is right for so many images.",
      discussion: """
        Draws 1,000 subsamples of the data, with replacement and without, and counts those whose 95 % \
        interval holds the difference over all images. Needs --plan and boxes.
        """,
      valueName: "images"))
  var intervalCoverage: Int?

  func validate() throws {
    if let intervalCoverage, intervalCoverage < 2 {
      throw ValidationError(
        "--interval-coverage is \(intervalCoverage); give a number of images from 2 on.")
    }
    guard (1...64).contains(pictureImages) else {
      throw ValidationError("--picture-images is \(pictureImages); give a number from 1 to 64.")
    }
  }

  /// Counts how often intervals are right, if that was asked for.
  func coverage(
    _ engine: PreviewEngine, _ compressed: CompressedPlan?, threads: Int
  ) async throws -> IntervalCoverage? {
    guard let intervalCoverage else { return nil }
    guard let compressed, let data = engine.data, let decoder = engine.decoder,
      let truths = try data.truths(classCount: decoder.classCount)
    else {
      throw ValidationError(
        "--interval-coverage needs a plan, and data of a detector with boxes to be found.")
    }
    let frames = (0..<data.count).map { data.frame(of: $0) }
    func scored(_ found: [[DetectedBox]]) -> [[ScoredBox]] {
      zip(found, frames).map { boxes, frame in
        frame.map { frame in boxes.map { $0.scored(in: frame) } } ?? []
      }
    }
    let pair = PairedPrecision(
      baseline: scored(try await engine.detections(of: nil)),
      plan: scored(try await engine.detections(of: compressed)), truths: truths)
    return try await pair.coverage(size: intervalCoverage, pool: WorkerPool(threads: threads))
  }

  /// Writes what was asked for.
  func write(_ engine: PreviewEngine, _ compressed: CompressedPlan?) async throws {
    guard detections != nil || annotations != nil || boxPicture != nil else { return }
    guard let data = engine.data else { return }
    if let annotations {
      let text = try COCOFiles.annotations(data, classCount: engine.decoder?.classCount)
      try Output.write(text, to: annotations)
    }
    guard detections != nil || boxPicture != nil else { return }
    let found = try await engine.detections(of: compressed)
    if let detections {
      try Output.write(COCOFiles.results(found, data: data), to: detections)
    }
    guard let boxPicture, let decoder = engine.decoder else { return }
    let original = compressed == nil ? found : try await engine.detections(of: nil)
    let drawing = try DetectionPicture(
      data: data, original: original, plan: compressed == nil ? nil : found,
      shown: Double(decoder.head.selection.shown), most: pictureImages)
    try drawing.picture.writePNG(to: boxPicture)
  }
}
