import Foundation
import ModelFormats
import NetworkGraph
import Operators
import Tensors
import TestSupport
import Testing

/// Every node output of real models on the reference executor against ONNX Runtime, run here.
@Suite struct RuntimeComparisonTests {
  static let models = [
    "cifar10/resnet32.onnx", "tiny/digits_cnn_bnfolded.onnx", "tiny/fashion_resnet8_bnfolded.onnx",
    "detection/bccd/bccd_centernet_bnfolded.onnx", "detection/fashion_scenes/fashion_det.onnx",
    "detection/fashion_scenes/fashion_det_bnfolded.onnx",
    "detection/ultraface/version-RFB-320.onnx", "other/ch_ppocr_mobile_v2.0_cls_infer.onnx",
  ]

  // Writes the inputs it chose as in0 ... and the node outputs as out0 ..., and prints their names.
  private static let script = """
    import sys, numpy as np, onnx, onnxruntime as ort
    model = onnx.load(sys.argv[1])
    constants = {t.name for t in model.graph.initializer}
    random = np.random.default_rng(7)
    feeds = {}
    for info in model.graph.input:
        if info.name in constants: continue
        open_lengths = [1, 3, 48, 192]
        shape = [d.dim_value if d.dim_value > 0 else open_lengths[i]
                 for i, d in enumerate(info.type.tensor_type.shape.dim)]
        feeds[info.name] = random.standard_normal(shape).astype(np.float32)
    names = [o for n in model.graph.node for o in n.output if o]
    declared = {o.name for o in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n not in declared)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = ort.InferenceSession(model.SerializeToString(), options)
    values = session.run(names, feeds)
    arrays = {f"in{i}": v for i, v in enumerate(feeds.values())}
    arrays.update({f"out{i}": v for i, v in enumerate(values)})
    np.savez(sys.argv[2], **arrays)
    print("\\n".join(list(feeds) + names))
    """

  @Test(
    .enabled(
      if: SharedAssets.folder != nil && JudgePython.isAvailable, "no shared assets or no judges"),
    arguments: models)
  func everyNodeOutputAgrees(_ name: String) throws {
    let path = try #require(SharedAssets.path(name), "the asset exists")
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).npz")
    defer { try? FileManager.default.removeItem(at: file) }
    let names = try JudgePython.run(Self.script, arguments: [path, file.path])
      .split(separator: "\n").map(String.init)
    let arrays = try NPZFile.read(path: file.path)
    let inputCount = arrays.keys.count { $0.hasPrefix("in") }
    var inputs: [String: Tensor] = [:]
    for index in 0..<inputCount { inputs[names[index]] = arrays["in\(index)"] }
    let graph = try ONNXReader.read(path: path).graph
    #expect(UnsupportedOperators.find(in: graph).isEmpty)
    let values = try ReferenceExecutor(graph: graph).runKeepingAll(inputs: inputs)
    let facts = try ShapeInference.infer(graph: graph, inputShapes: inputs.mapValues(\.shape))
    var compared = 0
    for (index, output) in names.dropFirst(inputCount).enumerated() {
      guard let expected = arrays["out\(index)"], let actual = values[output] else { continue }
      compared += 1
      #expect(facts[output]?.shape == expected.shape, "inferred shape of \(output)")
      let difference = Self.difference(actual, expected)
      #expect(difference == nil, "\(output)")
      if difference != nil { return }
    }
    #expect(compared == names.count - inputCount)
  }

  /// What differs first beyond rounding, relative to the greatest element.
  private static func difference(_ actual: Tensor, _ expected: Tensor) -> String? {
    guard actual.type == expected.type, actual.shape == expected.shape else {
      return "\(actual.type) \(actual.shape) instead of \(expected.type) \(expected.shape)"
    }
    let wanted = expected.doubles
    let scale = wanted.reduce(1e-3) { max($0, abs($1)) }
    for (index, (value, other)) in zip(actual.doubles, wanted).enumerated()
    where abs(value - other) > 2e-4 * scale || value.isNaN != other.isNaN {
      return "element \(index) is \(value) instead of \(other)"
    }
    return nil
  }
}
