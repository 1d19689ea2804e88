import Evaluation
import Foundation
import TestSupport

/// pycocotools, where it is installed.
enum COCOJudge {
  /// Whether it is installed; tests that need it skip otherwise.
  static let isAvailable =
    JudgePython.isAvailable && (try? JudgePython.run("import pycocotools.cocoeval")) != nil

  /// COCO's twelve figures of pairs of files.
  static func figures(_ files: [(truth: String, results: String)]) throws -> [[Double]] {
    let output = try JudgePython.run(
      file: "coco.py", arguments: files.flatMap { [$0.truth, $0.results] })
    return try JSONDecoder().decode([[Double]].self, from: Data(output.utf8))
  }

  /// Writes images in COCO's forms.
  static func write(
    _ images: [(found: [ScoredBox], truths: [TruthBox])], classes: Int, truth: String,
    results: String
  ) throws {
    func text(_ box: SIMD4<Double>) -> String {
      "[" + (0..<4).map { "\(box[$0])" }.joined(separator: ",") + "]"
    }
    var annotations: [String] = []
    var found: [String] = []
    for (index, image) in images.enumerated() {
      for truth in image.truths {
        annotations.append(
          "{\"id\":\(annotations.count + 1),\"image_id\":\(index + 1),\"category_id\":"
            + "\(truth.classIndex + 1),\"bbox\":\(text(truth.box)),\"area\":\(truth.area),"
            + "\"iscrowd\":\(truth.isCrowd ? 1 : 0)}")
      }
      for box in image.found {
        found.append(
          "{\"image_id\":\(index + 1),\"category_id\":\(box.classIndex + 1),\"bbox\":"
            + "\(text(box.box)),\"score\":\(box.score)}")
      }
    }
    let ids = images.indices.map { "{\"id\":\($0 + 1)}" }.joined(separator: ",")
    let categories = (1...classes).map { "{\"id\":\($0)}" }.joined(separator: ",")
    try
      "{\"images\":[\(ids)],\"annotations\":[\(annotations.joined(separator: ","))],\"categories\":[\(categories)]}"
      .write(toFile: truth, atomically: true, encoding: .utf8)
    try "[\(found.joined(separator: ","))]".write(
      toFile: results, atomically: true, encoding: .utf8)
  }
}
