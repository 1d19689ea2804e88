import Datasets
import Evaluation
import Foundation
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Heads against torch and torchvision, from the text of their descriptions on.
@Suite struct HeadTests {
  static let hasTorchvision =
    JudgePython.isAvailable
    && (try? JudgePython.run("import torchvision.ops, torchvision.models.detection._utils")) != nil

  @Test(.enabled(if: hasTorchvision, "torchvision is not installed"))
  func boxesAgree() throws {
    let folder = try TemporaryFolder()
    let names = try JudgePython.run(file: "heads.py", arguments: [folder.url.path])
      .split(separator: "\n").map(String.init)
    #expect(names.count == 13)
    for name in names {
      let data = try EvaluationData.open(path: folder.path("\(name).yaml"), limit: nil)
      let made = try NPZFile.read(path: folder.path("\(name).out.npz"))
      let outputs = made.filter { !$0.key.hasPrefix("boxes.") }
      var arrays: [String: Tensor] = [:]
      for (key, value) in outputs { arrays[key] = value }
      let decoder = try #require(try DetectionDecoder(Self.context(data, arrays)))
      for sample in 0..<2 {
        let expected = try #require(made["boxes.\(sample)"])
        let found = try decoder.boxes(
          of: SampleOutputs(sample: sample, parts: [arrays], row: sample, of: 2))
        #expect(found.count == expected.shape[0] && found.count > 2, "\(name): \(found.count)")
        let values = expected.array(of: Double.self)
        for (row, box) in found.enumerated() {
          let own =
            [Double(box.classIndex), box.score] + (0..<4).map { box.corners[$0] }
          for (column, value) in own.enumerated() where row < expected.shape[0] {
            #expect(
              abs(value - values[6 * row + column]) < 1e-6, "\(name), box \(row), \(column)")
          }
        }
      }
    }
  }

  /// A network of these outputs for data.
  static func context(_ data: EvaluationData, _ outputs: [String: Tensor]) -> MeasureContext {
    let names = outputs.keys.sorted()
    let graph = NetworkGraph(
      outputs: names.map { ValueInfo(name: $0, type: .float32, shape: nil) })
    return MeasureContext(
      data: data, graph: graph,
      outputs: names.map {
        MeasureContext.Output(
          name: $0, type: .float32, shape: outputs[$0].map { Array($0.shape.dropFirst()) })
      })
  }

  private func open(_ head: String, _ folder: TemporaryFolder) throws -> EvaluationData {
    try NPZFile.write(
      ["images": Tensor.filled([2, 3, 8, 8], with: UInt8(0))], to: folder.path("d.npz"))
    try "data: d.npz\ntask: detection\nclasses: [a, b]\nhead: \(head)\n"
      .write(toFile: folder.path("d.yaml"), atomically: true, encoding: .utf8)
    return try EvaluationData.open(path: folder.path("d.yaml"), limit: nil)
  }

  @Test(arguments: [
    ("{type: fasterrcnn}", "It is one of: centernet"), ("[1, 2]", "has to be a mapping"),
    ("{heatmap: h}", "no 'type'"), ("{type: centernet, heatmap: h}", "no sizes"),
    ("{type: centernet, heatmap: h, box: b, size: s}", "beside 'size'"),
    ("{type: centernet, heatmap: h, box: b, peak: 4}", "odd"),
    ("{type: centernet, heatmap: h, box: b, colour: 4}", "unknown key 'colour'"),
    ("{type: boxes, boxes: b, score: 2}", "from 0.0 to 1.0"),
    ("{type: yolo, outputs: [a, b], anchors: [[1, 2]]}", "for 2 outputs"),
    ("{type: yolo, outputs: [a], anchors: [[1, 2, 3]]}", "pairs"),
    ("{type: yolo}", "outputs"), ("{type: ssd, offsets: a, scores: b}", "prior boxes"),
    ("{type: ssd, offsets: a, scores: b, maps: [[2, 2]], sizes: [[1]]}", "do not fit"),
  ])
  func mistakesAreNamed(head: String, expected: String) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: EngineError.self) { try open(head, folder) }
    #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    #expect(error?.description.contains("line") == true)
  }

  @Test func outputsThatDoNotFitAreNamed() throws {
    let folder = try TemporaryFolder()
    func text(_ head: String, _ outputs: [String: Tensor]) throws -> String {
      let data = try open(head, folder)
      let error = #expect(throws: EngineError.self) {
        try DetectionDecoder(Self.context(data, outputs))
      }
      return error?.description ?? ""
    }
    let heat = Tensor.filled([1, 2, 4, 4], with: Float(0))
    let wrong = Tensor.filled([1, 4, 4, 5], with: Float(0))
    let box = "{type: centernet, heatmap: heat, box: box}"
    #expect(try text(box, ["heat": heat]).contains("no output 'box'"))
    #expect(try text(box, ["heat": heat, "box": wrong]).contains("'box' float32 (N, 4, 4, 5)"))
    let three = Tensor.filled([1, 3, 4, 4], with: Float(0))
    let right = Tensor.filled([1, 4, 4, 4], with: Float(0))
    #expect(try text(box, ["heat": three, "box": right]).contains("3 classes apart"))
  }
}
