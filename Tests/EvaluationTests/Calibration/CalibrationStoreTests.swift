import Datasets
import Evaluation
import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import OrderedCollections
import Synchronization
import Tensors
import TestSupport
import Testing

/// Statistics of real layers against ONNX Runtime, torch's unfold and NumPy.
@Suite struct CalibrationStoreTests {
  /// Runs the file with every layer's values as outputs, and compares what is summed over them.
  static let script = #"""
    import json, sys
    import numpy as np, onnx, onnxruntime as ort, torch
    model = onnx.load(sys.argv[1])
    inputs = dict(np.load(sys.argv[2]))
    made = np.load(sys.argv[3])
    cases = json.load(open(sys.argv[4]))
    graph = model.graph
    known = {o.name for o in graph.output}
    nodes = {n.input[1]: n for n in graph.node if len(n.input) > 1 and n.op_type in ("Conv", "Gemm", "MatMul")}
    consumers = {}
    for n in graph.node:
        for i in n.input: consumers.setdefault(i, []).append(n)
    wanted = set()
    for c in cases:
        node = nodes[c["weight"]]
        c["node"], c["in"] = node, node.input[0]
        if not c.get("out"):
            readers = consumers.get(node.output[0], [])
            c["out"] = readers[0].output[0] if len(readers) == 1 and readers[0].op_type == "Relu" else node.output[0]
        wanted |= {c["in"], c["out"]}
    for name in sorted(wanted - known):
        if name not in inputs: graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    values = dict(zip(names, session.run(None, inputs)))
    values.update(inputs)
    def near(a, b, scale, what):
        error = np.abs(a - b).max() / scale
        assert error <= 1e-5, (what, error)
    for c in cases:
        x, y, node = values[c["in"]], values[c["out"]].astype(np.float64), c["node"]
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Conv":
            pads = attributes["pads"]
            t = torch.nn.functional.pad(torch.from_numpy(x), (pads[1], pads[3], pads[0], pads[2]))
            columns = torch.nn.functional.unfold(t, tuple(attributes["kernel_shape"]), stride=tuple(attributes["strides"]),
                dilation=tuple(attributes.get("dilations", [1, 1]))).numpy()
            groups = attributes.get("group", 1)
            columns = columns.transpose(0, 2, 1).reshape(-1, groups, columns.shape[1] // groups)
            y = np.moveaxis(y, 1, -1)
        else:
            columns = x.reshape(-1, 1, x.shape[-1])
        columns = columns.astype(np.float64)
        y = y.reshape(-1, y.shape[-1])
        i, n = c["id"], columns.shape[0]
        assert made[i + ".rows"] == n, (c["weight"], made[i + ".rows"], n)
        square = (columns ** 2).mean(0).ravel()
        near(made[i + ".mean"], columns.mean(0).ravel(), np.sqrt(square).max(), c["weight"] + " mean")
        near(made[i + ".square"], square, square.max(), c["weight"] + " square")
        h = np.einsum("ngj,ngk->gjk", columns, columns, optimize=True) / n
        # Each product relative to the sizes of its two columns; behind a GELU, where small values are
        # differences of large ones that no two runtimes round alike, to those of the largest.
        size = np.sqrt(np.einsum("gjj->gj", h))
        if c["weight"].endswith(".out.weight_T"): size = np.full_like(size, size.max())
        size = np.maximum(size[:, :, None] * size[:, None, :], 1e-30)
        near(made[i + ".products"] / size, h / size, 1, c["weight"] + " products")
        near(made[i + ".magnitude"], np.abs(y).mean(0), np.abs(y).mean(0).max(), c["weight"] + " magnitude")
        # A value at the edge of 0 may fall on either side.
        near(made[i + ".zeros"], (y == 0).mean(0), 100, c["weight"] + " zeros")
    print(len(cases))
    """#

  struct Case: Encodable {
    var id: String
    var weight: String
    var out: String?
  }

  /// The layers whose values do not simply end in a Relu: where they do end.
  static let outputs = [
    "layer.0.query.weight_T": "/layer.0/query/Add_output_0",
    "layer.0.attn_out.weight_T": "/layer.0/attn_out/Add_output_0",
    "layer.0.inter.weight_T": "/layer.0/Mul_1_output_0",
    "layer.0.out.weight_T": "/layer.0/out/Add_output_0",
  ]

  private static func agree(
    model path: String, samples: CalibrationSamples, layers wanted: (CompressibleLayer) -> Bool
  ) throws {
    let graph = try ONNXReader.read(path: path).graph
    let layers = graph.compressibleLayers()
    let store = CalibrationStore(graph: graph, layers: layers, samples: samples, threads: 2)
    let folder = try TemporaryFolder()
    let inputs = try samples.data.inputs(
      for: Array(0..<samples.count), graphInputs: graph.runtimeInputs)
    try NPZFile.write(
      OrderedDictionary(uniqueKeysWithValues: inputs.map { ($0.key, $0.value) }),
      to: folder.path("inputs.npz"))
    var arrays: OrderedDictionary<String, Tensor> = [:]
    var cases: [Case] = []
    for (index, layer) in layers.enumerated() where wanted(layer) {
      let found = try store.statistics(
        ofLayer: index, needs: Set(StatisticsNeed.allCases), isCancelled: { false })
      let id = "\(index)"
      let mean = try #require(found.inputMean)
      let square = try #require(found.inputSquare)
      let magnitude = try #require(found.outputMagnitude)
      let zeros = try #require(found.outputZeros)
      arrays["\(id).rows"] = Tensor(scalar: Int64(found.rows))
      arrays["\(id).mean"] = Tensor([mean.count], mean)
      arrays["\(id).square"] = Tensor([square.count], square)
      arrays["\(id).products"] = found.inputProducts
      arrays["\(id).magnitude"] = Tensor([magnitude.count], magnitude)
      arrays["\(id).zeros"] = Tensor([zeros.count], zeros)
      cases.append(Case(id: id, weight: layer.weight, out: outputs[layer.weight]))
    }
    try #require(!cases.isEmpty)
    try NPZFile.write(arrays, to: folder.path("made.npz"))
    try JSONEncoder().encode(cases).write(to: folder.url.appending(path: "cases.json"))
    let printed = try JudgePython.run(
      script,
      arguments: [
        path, folder.path("inputs.npz"), folder.path("made.npz"), folder.path("cases.json"),
      ])
    #expect(Int(printed.trimmingCharacters(in: .whitespacesAndNewlines)) == cases.count)
  }

  @Test(
    .enabled(
      if: JudgePython.isAvailable && SharedAssets.folder != nil,
      "the judges or the shared assets are not there"))
  func residualNetworkAgrees() throws {
    let model = try #require(SharedAssets.path("cifar10/resnet20_bnfolded.onnx"))
    let path = try #require(SharedAssets.path("cifar10/cifar10_train2000.yaml"))
    let data = try EvaluationData.open(path: path, limit: nil)
    try Self.agree(model: model, samples: CalibrationSamples(data, count: 40)) { _ in true }
  }

  @Test(
    .enabled(
      if: JudgePython.isAvailable && SharedAssets.folder != nil,
      "the judges or the shared assets are not there"))
  func textModelAgrees() throws {
    let model = try #require(SharedAssets.path("text/minilm_l6_v2_vocab_trimmed.onnx"))
    // One half of the pairs, as arrays of their own.
    let pairs = try NPZFile.read(
      path: #require(SharedAssets.path("text/stsb_en_test_tokens48.npz")))
    let folder = try TemporaryFolder()
    try NPZFile.write(
      [
        "input_ids": try #require(pairs["ids_a"]), "attention_mask": try #require(pairs["mask_a"]),
      ], to: folder.path("half.npz"))
    let data = try EvaluationData.open(path: folder.path("half.npz"), limit: 12)
    try Self.agree(model: model, samples: CalibrationSamples(data, count: 12)) {
      Self.outputs[$0.weight] != nil
    }
  }

  @Test func statisticsDoNotDependOnThreadsOrOrder() throws {
    let model = try #require(TestModels.samples.last)
    let graph = try ONNXReader.read(path: model).graph
    let layers = graph.compressibleLayers()
    let data = try Self.sampleData()
    let samples = CalibrationSamples(data, count: 48)
    let all = Set(StatisticsNeed.allCases)
    let one = CalibrationStore(graph: graph, layers: layers, samples: samples, threads: 1)
    let three = CalibrationStore(graph: graph, layers: layers, samples: samples, threads: 3)
    try one.prepare(
      Dictionary(uniqueKeysWithValues: layers.indices.map { ($0, all) }), isCancelled: { false })
    for index in layers.indices.reversed() {
      for need in StatisticsNeed.allCases.shuffled() {
        _ = try three.statistics(ofLayer: index, needs: [need], isCancelled: { false })
      }
      let a = try one.statistics(ofLayer: index, needs: all, isCancelled: { false })
      let b = try three.statistics(ofLayer: index, needs: all, isCancelled: { false })
      #expect(a.rows == b.rows)
      #expect(a.inputMean == b.inputMean)
      #expect(a.inputSquare == b.inputSquare)
      #expect(a.outputMagnitude == b.outputMagnitude)
      #expect(a.outputZeros == b.outputZeros)
      #expect(a.inputProducts?.floats == b.inputProducts?.floats)
    }
  }

  @Test func cancellingEndsTheRunAndTheNextOneWorks() throws {
    let model = try #require(TestModels.samples.last)
    let graph = try ONNXReader.read(path: model).graph
    let layers = graph.compressibleLayers()
    let store = CalibrationStore(
      graph: graph, layers: layers, samples: CalibrationSamples(try Self.sampleData(), count: 48),
      threads: 2)
    #expect(throws: CancellationError.self) {
      try store.statistics(ofLayer: 0, needs: [.inputMoments], isCancelled: { true })
    }
    let found = try store.statistics(ofLayer: 0, needs: [.inputMoments], isCancelled: { false })
    #expect(found.inputSquare?.contains { $0 > 0 } == true)
  }

  private static func sampleData() throws -> EvaluationData {
    try EvaluationData.open(
      path: SharedAssets.root.appending(
        path: "sample-models/fashion-mnist/fashion-mnist-test2000.yaml"
      ).path, limit: 64)
  }
}
