import Execution
import Foundation
import ModelFormats
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Whole models against ONNX Runtime.
@Suite struct WholeModelTests {
  private static let script = """
    import sys, numpy, onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
      sys.argv[1], options, providers=["CPUExecutionProvider"])
    inputs = dict(numpy.load(sys.argv[2]))
    outputs = session.run(None, inputs)
    numpy.savez(sys.argv[3], **{str(i): v for i, v in enumerate(outputs)})
    """

  @Test(
    .enabled(
      if: SharedAssets.folder != nil && JudgePython.isAvailable, "no shared assets or no judges"),
    arguments: AssetModel.all)
  func outputsEqualONNXRuntime(_ model: AssetModel) throws {
    let graph = try model.graph()
    let inputs = try model.inputs(for: graph)
    let expected = try judged(model, inputs)
    let fast = try FastExecutor(graph: graph).run(
      inputs: inputs, weights: [:], options: RunOptions()
    ).outputs
    for (index, output) in graph.outputs.enumerated() {
      let actual = try #require(fast[output.name])
      let wanted = try #require(expected["\(index)"])
      #expect(actual.shape == wanted.shape, "\(output.name)")
      let error = TensorComparison.error(actual, wanted)
      #expect(error <= 1e-4, "\(output.name)")
      #expect(largestIndices(actual) == largestIndices(wanted), "\(output.name)")
      print("\(model.path) \(output.name): relative difference \(error)")
    }
  }

  private func judged(
    _ model: AssetModel, _ inputs: [String: Tensor]
  ) throws -> OrderedDictionary<String, Tensor> {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (given, result) = (
      folder.appending(path: "inputs.npz").path, folder.appending(path: "outputs.npz").path
    )
    try NPZFile.write(
      OrderedDictionary(uniqueKeysWithValues: inputs.sorted { $0.key < $1.key }), to: given)
    _ = try JudgePython.run(Self.script, arguments: [model.file(), given, result])
    return try NPZFile.read(path: result)
  }

  /// For each sample, where its largest element is; for matrices of scores only.
  private func largestIndices(_ tensor: Tensor) -> [Int] {
    guard tensor.rank == 2 else { return [] }
    let values = tensor.floats
    let width = tensor.shape[1]
    return (0..<tensor.shape[0]).map { row in
      (0..<width).max { values[row * width + $0] < values[row * width + $1] } ?? -1
    }
  }
}
