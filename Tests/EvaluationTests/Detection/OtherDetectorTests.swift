import Datasets
import Evaluation
import ModelFormats
import TestSupport
import Testing

/// Detectors with random weights as ONNX files and descriptions, against the boxes that torch finds with
/// torchvision's heads, anchors and coders.
@Suite struct OtherDetectorTests {
  /// The layers that default plans pin in each.
  static let heads = [
    "ssdlite": 4, "retinanet": 2, "yolov3": 2, "yolov5": 2, "yolov8": 2, "yolov8_decoded": 3,
    "detr": 2,
  ]

  @Test(.enabled(if: HeadTests.hasTorchvision, "torchvision is not installed"))
  func boxesAgreeWithTorch() async throws {
    let folder = try TemporaryFolder()
    let names = try JudgePython.run(file: "detectors.py", arguments: [folder.url.path])
      .split(separator: "\n").map(String.init)
    #expect(names.sorted() == Self.heads.keys.sorted())
    for name in names {
      let model = try OpenedModel(path: folder.path("\(name).onnx"))
      let data = try EvaluationData.open(path: folder.path("\(name).yaml"), limit: nil)
      let engine = try PreviewEngine(model: model, data: data, threads: 2)
      let found = try await engine.detections(of: nil)
      let expected = try NPZFile.read(path: folder.path("\(name).boxes.npz"))
      for (sample, own) in found.enumerated() {
        let rows = try #require(expected["boxes.\(sample)"])
        #expect(rows.shape[0] > 3 && own.count == rows.shape[0], "\(name): \(own.count) boxes")
        let values = rows.array(of: Double.self)
        // Rounding may change the places of boxes with nearly equal scores.
        for row in 0..<rows.shape[0] {
          let wanted = Array(values[(6 * row)..<(6 * row + 6)])
          #expect(
            own.contains { Self.distance($0, wanted) < 1e-3 }, "\(name), image \(sample): \(wanted)"
          )
        }
      }
      let head = try #require(HeadLayers(model: model, head: data.head), "\(name)")
      #expect(head.names.count == Self.heads[name], "\(name): \(head.names)")
    }
  }

  /// The largest difference of class, score and corners.
  private static func distance(_ box: DetectedBox, _ row: [Double]) -> Double {
    let own = [Double(box.classIndex), box.score] + (0..<4).map { box.corners[$0] }
    return zip(own, row).map { abs($0 - $1) }.max() ?? .infinity
  }
}
