import Datasets
import Evaluation
import ModelFormats
import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Tokens and labels that a network can't have been made for are refused before anything is run.
@Suite struct TaskCheckTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A table of 5 rows of 3 numbers; scores are the mean of the rows looked up.
  private func model() throws -> OpenedModel {
    var graph = NetworkGraph(
      opsets: ["": 17],
      nodes: [
        Node(op: "Cast", inputs: ["ids"], outputs: ["index"], attributes: ["to": .int(7)]),
        Node(op: "Gather", inputs: ["table", "index"], outputs: ["rows"]),
        Node(
          op: "ReduceMean", inputs: ["rows"], outputs: ["scores"],
          attributes: ["axes": .ints([1]), "keepdims": .int(0)]),
      ],
      inputs: [
        ValueInfo(name: "ids", type: .int32, shape: [.symbol("N"), .fixed(2)])
      ],
      outputs: [ValueInfo(name: "scores", type: .float32, shape: [.symbol("N"), .fixed(3)])])
    graph.initializers["table"] = Tensor([5, 3], (0..<15).map { Float($0 * 7 % 5) })
    try ONNXWriter.write(graph, to: folder.path("m.onnx"))
    return try OpenedModel(path: folder.path("m.onnx"))
  }

  private func engine(tokens: [Int32], labels: [Int64]) throws -> PreviewEngine {
    try NPZFile.write(
      ["ids": Tensor([2, 2], tokens), "labels": Tensor([2], labels)], to: folder.path("d.npz"))
    return try PreviewEngine(
      model: try model(), data: try EvaluationData.open(path: folder.path("d.npz"), limit: nil),
      threads: 1)
  }

  @Test func whatFitsIsMeasured() async throws {
    let metrics = try await engine(tokens: [0, 4, -1, 2], labels: [0, 2]).evaluate(nil)
    #expect(metrics.images == 2)
    #expect(metrics.baseline != nil)
  }

  @Test(
    arguments: [
      ([0, 1, 5, 2], [0, 2], "item 1 has the token 5", "'table' has 5 rows"),
      ([0, -6, 1, 2], [0, 2], "item 0 has the token -6", "tokenizer"),
      ([0, 1, 2, 3], [0, 3], "label 1", "3 classes"),
      ([0, 1, 2, 3], [-1, 0], "label 0", "negative"),
    ] as [([Int32], [Int64], String, String)])
  func whatDoesNotFitIsTold(
    _ tokens: [Int32], _ labels: [Int64], _ what: String, _ why: String
  ) throws {
    let error = try #require(throws: EngineError.self) {
      _ = try engine(tokens: tokens, labels: labels)
    }
    #expect(error.description.contains(what), "\(error)")
    #expect(error.description.contains(why), "\(error)")
    #expect(error.path == folder.path("d.npz"))
  }
}
