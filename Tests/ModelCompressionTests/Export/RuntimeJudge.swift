import Foundation
import ModelFormats
import NetworkGraph
import TestSupport
import Testing

/// ONNX's checker and ONNX Runtime as judges of written graphs.
enum RuntimeJudge {
  /// Checks all files and runs those of a pair on the same random inputs, without optimizations.
  ///
  /// Prints the largest difference between a pair's outputs, relative to the largest output.
  static let script = #"""
    import sys
    import numpy as np
    import onnx
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    def session(path):
        model = onnx.load(path)
        # The checker refuses the first version of this operator, which runtimes know.
        if not any(n.op_type == "GroupNormalization" for n in model.graph.node):
            onnx.checker.check_model(model, full_check=True)
        return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    def difference(folder, pair):
        sessions = [session(f"{folder}/{pair}{side}.onnx") for side in "ab"]
        rng = np.random.default_rng(7)
        feeds = {}
        for value in sessions[0].get_inputs():
            shape = [d if isinstance(d, int) and d > 0 else 2 for d in value.shape]
            if "int64" in value.type:
                feeds[value.name] = rng.integers(0, 2, shape).astype(np.int64)
            else:
                feeds[value.name] = rng.standard_normal(shape).astype(np.float32)
        worst = 0.0
        for a, b in zip(*[s.run(None, feeds) for s in sessions]):
            assert a.shape == b.shape and a.dtype == b.dtype, (a.shape, b.shape)
            if not np.issubdtype(a.dtype, np.floating):
                assert np.array_equal(a, b)
            elif a.size:
                scale = max(float(np.abs(a).max()), 1e-6)
                worst = max(worst, float(np.abs(a - b).max()) / scale)
        return worst
    for pair in range(int(sys.argv[2])):
        try:
            print(difference(sys.argv[1], pair))
        except Exception as error:
            print("failed:", " ".join(str(error).split()))
    """#

  /// What came of one pair.
  enum Verdict: Sendable {
    case difference(Double)
    case failure(String)

    /// Whether both graphs are valid and their outputs differ by no more than this.
    func isWithin(_ tolerance: Double) -> Bool {
      if case .difference(let value) = self { value <= tolerance } else { false }
    }
  }

  /// The differences between the outputs of pairs of graphs.
  static func compare(_ pairs: [(NetworkGraph, NetworkGraph)]) throws -> [Verdict] {
    let folder = try TemporaryFolder()
    for (index, pair) in pairs.enumerated() {
      _ = try ONNXWriter.write(pair.0, to: folder.path("\(index)a.onnx"))
      _ = try ONNXWriter.write(pair.1, to: folder.path("\(index)b.onnx"))
    }
    let output = try JudgePython.run(script, arguments: [folder.url.path, "\(pairs.count)"])
    let verdicts = output.split(separator: "\n").map { line in
      Double(line).map { Verdict.difference($0) } ?? .failure(String(line))
    }
    try #require(verdicts.count == pairs.count, "\(output)")
    return verdicts
  }
}
