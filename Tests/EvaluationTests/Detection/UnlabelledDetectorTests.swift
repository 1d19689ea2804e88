import Datasets
import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// UltraFace, whose images have no labels: what plans miss, add and move beside the original, counted again
/// by torchvision from the boxes as written.
@Suite(
  .enabled(if: SharedAssets.folder != nil, "no shared assets: no detector without labels"),
  .enabled(if: HeadTests.hasTorchvision, "torchvision is not installed"))
struct UnlabelledDetectorTests {
  private func engine(_ folder: TemporaryFolder) throws -> PreviewEngine {
    let images = try #require(
      SharedAssets.path("detection/ultraface/ultraface_unlabelled_320x240.npz"))
    let model = try #require(SharedAssets.path("detection/ultraface/version-RFB-320.onnx"))
    try """
    data: \(images)
    task: detection
    input: {scale: 1, mean: [127, 127, 127], std: [128, 128, 128]}
    classes: [face]
    """.write(toFile: folder.path("faces.yaml"), atomically: true, encoding: .utf8)
    return try PreviewEngine(
      model: try OpenedModel(path: model),
      data: try EvaluationData.open(path: folder.path("faces.yaml"), limit: nil), threads: 2)
  }

  @Test func missedAndAddedBoxesAreCountedRight() async throws {
    let folder = try TemporaryFolder()
    let engine = try engine(folder)
    let data = try #require(engine.data)
    let plans = [
      CompressionPlan(defaults: PlanRule(weights: .set(WeightQuantization(bits: 8)))),
      CompressionPlan(defaults: PlanRule(weights: .set(WeightQuantization(bits: 4)))),
      CompressionPlan(defaults: PlanRule(prune: .set(PruneSetting(amount: 0.5)))),
    ]
    var paths = [folder.path("original.json")]
    try COCOFiles.results(try await engine.detections(of: nil), data: data)
      .write(toFile: paths[0], atomically: true, encoding: .utf8)
    var ours: [[Double]] = []
    for (index, plan) in plans.enumerated() {
      let compressed = try await engine.compress(plan)
      let result = try #require(try await engine.evaluate(compressed).task)
      #expect(result.headline.key == "sameBoxes" && result.difference?.interval95 != nil)
      func figure(_ key: String) throws -> TaskFigure {
        try #require(result.figures.first { $0.key == key })
      }
      var row = [try #require(try figure("boxes").baseline)]
      for key in ["boxes", "missed", "added", "moved"] {
        row.append(try #require(try figure(key).plan))
      }
      ours.append(row + [try figure("meanIoU").plan ?? 0])
      paths.append(folder.path("\(index).json"))
      try COCOFiles.results(try await engine.detections(of: compressed), data: data)
        .write(toFile: paths[index + 1], atomically: true, encoding: .utf8)
    }
    let output = try JudgePython.run(file: "missed_boxes.py", arguments: ["0.5"] + paths)
    let theirs = try JSONDecoder().decode([[Double]].self, from: Data(output.utf8))
    #expect(theirs.count == 3 && ours.count == 3)
    for (own, other) in zip(ours, theirs) {
      #expect(own.dropLast() == other.dropLast())
      #expect(abs((own.last ?? -1) - (other.last ?? -2)) < 1e-9)
    }
    // The three plans differ: little is lost at 8 bits, nearly all at half the weights.
    #expect(ours[0][2] < 5 && (50..<150).contains(ours[1][2]) && ours[2][2] > 250)
  }
}
