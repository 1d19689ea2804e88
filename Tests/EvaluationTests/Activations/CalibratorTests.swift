import Datasets
import Evaluation
import Execution
import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Ranges of activations against ONNX Runtime's own calibrators.
@Suite(
  .enabled(
    if: SharedAssets.folder != nil && JudgePython.isAvailable, "no shared assets or no judges"))
struct CalibratorTests {
  // Calibrates float.onnx on inputs.npz and prints name, low, high of each value for each method.
  private static let script = #"""
    import contextlib, io, sys
    import numpy as np
    from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod
    from onnxruntime.quantization.calibrate import create_calibrator
    folder = sys.argv[1]
    inputs = np.load(folder + "/inputs.npz")["inputs"]
    name = sys.argv[2]
    class Reader(CalibrationDataReader):
        def __init__(self):
            self.batches = iter([{name: inputs[i:i + 16]} for i in range(0, len(inputs), 16)])
        def get_next(self):
            return next(self.batches, None)
    methods = {
        "minmax": (CalibrationMethod.MinMax, {}),
        "percentile": (CalibrationMethod.Percentile, {"num_bins": 2048, "percentile": 99.999}),
        "entropy": (CalibrationMethod.Entropy, {"num_bins": 2048, "num_quantized_bins": 128}),
    }
    for method, (kind, options) in methods.items():
        with contextlib.redirect_stdout(io.StringIO()):
            calibrator = create_calibrator(
                folder + "/float.onnx", [], augmented_model_path=folder + "/augmented.onnx",
                calibrate_method=kind, extra_options=options)
            calibrator.set_execution_providers(["CPUExecutionProvider"])
            calibrator.collect_data(Reader())
            ranges = calibrator.compute_data()
        for value, data in ranges.items():
            low, high = data.range_value
            print(method, value, float(np.squeeze(low)), float(np.squeeze(high)))
    """#

  @Test func rangesEqualONNXRuntimes() async throws {
    let test = ActivationCase.all[1]
    let graph = try test.graph()
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path(test.calibration)), limit: 64)
    let folder = try TemporaryFolder()
    _ = try ONNXWriter.write(graph, to: folder.path("float.onnx"))
    let inputs = try data.inputs(for: Array(0..<64), graphInputs: graph.runtimeInputs)
    let input = try #require(inputs.first)
    try NPZFile.write(["inputs": input.value], to: folder.path("inputs.npz"))
    let output = try JudgePython.run(Self.script, arguments: [folder.url.path, input.key])
    var expected: [String: [String: ValueRange]] = [:]
    for line in output.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 4, let low = Float(words[2]), let high = Float(words[3]) else {
        continue
      }
      expected[words[0], default: [:]][words[1]] = ValueRange(low: low, high: high)
    }
    let pool = WorkerPool(threads: 2)
    for method in ["minmax", "percentile", "entropy"] {
      let settings = ActivationCase.settings(
        ActivationQuantization(range: NamedChoice(method)), in: graph)
      let sites = ActivationQuantizer.sites(in: graph, settings: settings)
      let found = try await ActivationCalibration(
        graph: graph, data: data, samples: Array(0..<64)
      ).ranges(of: sites, pool: pool)
      #expect(found.count > 10)
      let widest = try #require(expected["minmax"])
      for (name, range) in found {
        let theirs = try #require(expected[method]?[name], "\(method) \(name)")
        // Convolutions sum in another order: 1e-5 of the range; numbers near an edge may then count in
        // the next bin.
        let reach = try #require(widest[name]).magnitude
        let tolerance = method == "minmax" ? reach * 1e-5 : reach * 2.01 / 2048
        func check() {
          #expect(abs(range.low - theirs.low) <= tolerance, "\(method) \(name)")
          #expect(abs(range.high - theirs.high) <= tolerance, "\(method) \(name)")
        }
        guard method != "minmax" else {
          check()
          continue
        }
        // On the same numbers the finders are equal; ONNX Runtime widens its bins batch by batch, and an
        // outlier more or less moves a far percentile by many bins.
        withKnownIssue(
          "ranges by histograms differ from ONNX Runtime's on some values", isIntermittent: true
        ) {
          check()
        }
      }
    }
  }

  // Prints the counts of numpy.histogram, and both calibrators' ranges of the same array.
  private static let collector = #"""
    import contextlib, io, sys
    import numpy as np
    from onnxruntime.quantization.calibrate import HistogramCollector
    values = np.load(sys.argv[1])["values"]
    for method, percentile in [("percentile", 99.9), ("entropy", 99.9)]:
        with contextlib.redirect_stdout(io.StringIO()):
            collector = HistogramCollector(method, False, 2048, 128, percentile, "same")
            collector.collect({"x": values})
            result = collector.compute_collection_result()["x"]
        print(float(result[0]), float(result[1]))
    print(*collector.histogram_dict["x"][0])
    """#

  /// The same numbers, streamed in parts that are merged: the same bins, and ranges within 1e-6.
  @Test(arguments: [0, 1, 2])
  func histogramsEqualONNXRuntimes(kind: Int) throws {
    var generator = SeededGenerator(seed: UInt64(kind) + 3)
    let values = (0..<6000).map { _ -> Float in
      let value = (0..<4).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: -1...1, using: &generator)
      }
      // As after Relu; as it comes; a few far away.
      return kind == 0 ? max(value, 0) : kind == 1 ? value - 0.4 : value * value * value
    }
    let folder = try TemporaryFolder()
    let tensor = Tensor([6000], values)
    try NPZFile.write(["values": tensor], to: folder.path("values.npz"))
    let lines = try JudgePython.run(Self.collector, arguments: [folder.path("values.npz")])
      .split(separator: "\n")
    let parts = [Tensor([2500], Array(values[..<2500])), Tensor([3500], Array(values[2500...]))]
    var extremes = ActivationExtremes()
    for part in parts.reversed() {
      var own = ActivationExtremes()
      try own.add(part)
      extremes.merge(own)
    }
    var counts = ActivationCounts(extremes)
    for part in parts.reversed() {
      var own = ActivationCounts(extremes)
      own.add(part)
      counts.merge(own)
    }
    #expect(counts.counts == lines[2].split(separator: " ").compactMap { Int($0) })
    let choices = [NamedChoice("percentile", options: ["percent": .number(99.9)]), "entropy"]
    for (choice, line) in zip(choices, lines) {
      let theirs = line.split(separator: " ").compactMap { Float($0) }
      let range = try counts.range(for: ActivationQuantization(range: choice))
      #expect(abs(range.low - theirs[0]) <= 1e-6, "\(choice)")
      #expect(abs(range.high - theirs[1]) <= 1e-6, "\(choice)")
    }
  }

  @Test func numbersThatAreNotFiniteAreRefused() {
    var extremes = ActivationExtremes()
    #expect(throws: EngineError.self) { try extremes.add(Tensor([2], [1, Float.nan])) }
    #expect(throws: EngineError.self) { try extremes.add(Tensor([2], [1, -Float.infinity])) }
  }
}
