import Foundation
import ModelFormats
import NetworkGraph
import Tensors

/// One of ONNX's backend cases: a model of one or a few nodes, with inputs and expected outputs.
public struct BackendCase: Sendable, CustomStringConvertible {
  /// Runs a graph on named inputs and returns its outputs by name.
  public typealias Runner =
    (_ graph: NetworkGraph, _ inputs: [String: Tensor]) throws -> [String: Tensor]

  /// The folder with `model.onnx` and the data sets.
  public let folder: URL
  /// The name of the case, such as `test_add`.
  public var name: String { folder.lastPathComponent }
  /// The name with its collection.
  public var description: String {
    "\(folder.deletingLastPathComponent().lastPathComponent)/\(name)"
  }

  /// The model.
  public func model() throws -> NetworkGraph {
    try ONNXReader.read(path: folder.appending(path: "model.onnx").path).graph
  }

  /// What a runner gives that differs from what is expected; empty when all agrees.
  public func differences(_ run: Runner) throws -> [String] {
    let graph = try model()
    let sets = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasPrefix("test_data_set_") }.sorted()
    guard !sets.isEmpty else { return ["no data set"] }
    var found: [String] = []
    for set in sets {
      let inputs = try inputs(of: graph, set: set)
      let results = try run(graph, inputs)
      for (index, info) in graph.outputs.enumerated() {
        let expected = try tensor("\(set)/output_\(index).pb")
        guard let actual = results[info.name] else {
          found.append("\(info.name) is missing")
          continue
        }
        if let text = TensorDifference.describe(actual, expected: expected) {
          found.append("\(info.name): \(text)")
        }
      }
    }
    return found
  }

  /// The inputs of a data set, by name.
  public func inputs(
    of graph: NetworkGraph, set: String = "test_data_set_0"
  ) throws -> [String: Tensor] {
    var inputs: [String: Tensor] = [:]
    for (index, info) in graph.runtimeInputs.enumerated() {
      inputs[info.name] = try tensor("\(set)/input_\(index).pb")
    }
    return inputs
  }

  private func tensor(_ file: String) throws -> Tensor {
    try ONNXTensorFile.read(path: folder.appending(path: file).path).tensor
  }
}
