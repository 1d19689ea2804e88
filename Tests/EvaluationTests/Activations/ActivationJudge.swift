import Testing

/// What ONNX Runtime and OpenVINO say of a file whose preview is known.
struct ActivationJudge: Decodable {
  /// How one runtime's scores compare with the preview's.
  struct Run: Decodable {
    /// Share of samples of the right class.
    var accuracy: Double
    /// Share of samples of the same class as in the preview.
    var same: Double
    /// The largest difference relative to the largest score.
    var difference: Double
  }
  /// Share of samples of the right class, in floats and in the preview.
  var float: Double
  var preview: Double
  /// ONNX Runtime without optimizations: node by node, as the operators are specified.
  var plain: Run
  /// ONNX Runtime as it comes, with integer kernels.
  var optimized: Run
  var openvino: Run?
  /// Integer kernels that ONNX Runtime chose, by operator.
  var kernels: [String: Int]

  /// Compares within 0.3 points of the preview, and so many points of the floats.
  ///
  /// Scores may differ by a step of some code: floats summed in another order fall on the other side of a
  /// half now and then.
  func check(pointsOfFloat: Double) {
    let point = 0.01 + 1e-9
    for run in [plain, optimized] {
      #expect(abs(run.accuracy - preview) <= 0.3 * point)
      #expect(abs(run.accuracy - float) <= pointsOfFloat * point)
      #expect(run.same >= 0.995)
      #expect(run.difference < 0.03)
    }
    #expect(abs(preview - float) <= pointsOfFloat * point)
    if let openvino {
      #expect(abs(openvino.accuracy - preview) <= point)
      #expect(openvino.same >= 0.99)
    }
  }

  static let script = #"""
    import collections, json, sys
    import numpy as np, onnx, onnxruntime as ort
    folder = sys.argv[1]
    path = folder + "/int8.onnx"
    onnx.checker.check_model(onnx.load(path), full_check=True)
    data = np.load(folder + "/data.npz")
    inputs, labels, preview = data["inputs"], data["labels"], data["preview"]
    def accuracy(scores): return float((scores.argmax(1) == labels).mean())
    def run(scores):
        return {"accuracy": accuracy(scores),
                "same": float((scores.argmax(1) == preview.argmax(1)).mean()),
                "difference": float(np.abs(scores - preview).max() / np.abs(preview).max())}
    def session(level):
        options = ort.SessionOptions()
        options.graph_optimization_level = level
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        if level != ort.GraphOptimizationLevel.ORT_DISABLE_ALL:
            options.optimized_model_filepath = folder + "/optimized.onnx"
        return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    def scores(session):
        name = session.get_inputs()[0].name
        size = int(sys.argv[2]) if len(sys.argv) > 2 else 50
        return np.concatenate([session.run(None, {name: inputs[i:i + size]})[0]
                               for i in range(0, len(inputs), size)])
    result = {"float": accuracy(data["float"]), "preview": accuracy(preview)}
    result["plain"] = run(scores(session(ort.GraphOptimizationLevel.ORT_DISABLE_ALL)))
    result["optimized"] = run(scores(session(ort.GraphOptimizationLevel.ORT_ENABLE_ALL)))
    nodes = onnx.load(folder + "/optimized.onnx").graph.node
    result["kernels"] = dict(collections.Counter(n.op_type for n in nodes))
    try:
        import openvino
    except ImportError:
        openvino = None
    if openvino:
        core = openvino.Core()
        core.set_property(
            "CPU", {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"})
        model = core.compile_model(core.read_model(path), "CPU")
        size = int(sys.argv[2]) if len(sys.argv) > 2 else 50
        result["openvino"] = run(np.concatenate(
            [model([inputs[i:i + size]])[model.output(0)]
             for i in range(0, len(inputs), size)]))
    print(json.dumps(result))
    """#
}
