import Foundation
import ModelFormats
import NetworkGraph
import Operators
import Tensors
import TestSupport
import Testing

/// Compares single nodes on the reference executor with ONNX Runtime, many in one Python process.
struct RuntimeJudge {
  /// A node with its inputs.
  struct Form {
    let title: String
    let graph: NetworkGraph
    let inputs: [String: Tensor]
  }

  private static let script = """
    import sys, json, numpy as np, onnxruntime as ort
    folder = sys.argv[1]
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    errors = {}
    for index in range(int(sys.argv[2])):
        try:
            session = ort.InferenceSession(f"{folder}/{index}.onnx", options)
            feeds = dict(np.load(f"{folder}/{index}.npz"))
            names = [o.name for o in session.get_outputs()]
            np.savez(f"{folder}/{index}-out.npz", **dict(zip(names, session.run(names, feeds))))
        except Exception as error:
            errors[str(index)] = str(error)
    print(json.dumps(errors))
    """

  /// Records an issue for each form whose outputs differ, or that either side can't run.
  static func compare(_ forms: [Form], relative: Double = 1e-4, absolute: Double = 1e-5) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (index, form) in forms.enumerated() {
      _ = try ONNXWriter.write(form.graph, to: folder.appending(path: "\(index).onnx").path)
      let arrays = form.inputs.sorted { $0.key < $1.key }
      try NPZFile.write(
        .init(uniqueKeysWithValues: arrays), to: folder.appending(path: "\(index).npz").path)
    }
    let output = try JudgePython.run(script, arguments: [folder.path, "\(forms.count)"])
    let errors = try JSONDecoder().decode([String: String].self, from: Data(output.utf8))
    for (index, form) in forms.enumerated() {
      if let error = errors["\(index)"] {
        Issue.record("\(form.title): the judge says \(error)")
        continue
      }
      do {
        let expected = try NPZFile.read(path: folder.appending(path: "\(index)-out.npz").path)
        let actual = try ReferenceExecutor(graph: form.graph).run(inputs: form.inputs)
        for (name, tensor) in expected {
          let result = try #require(actual[name], "\(form.title): \(name)")
          let difference = TensorDifference.describe(
            result, expected: tensor, relative: relative, absolute: absolute)
          #expect(difference == nil, "\(form.title): \(name)")
        }
      } catch {
        Issue.record("\(form.title): \(error)")
      }
    }
  }
}
