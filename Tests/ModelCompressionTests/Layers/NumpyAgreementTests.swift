import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Masks, codes, scales and values of whole models, exactly as NumPy has them.
@Suite struct NumpyAgreementTests {
  /// The definitions of engine.md in NumPy: reads `<i>.w` and compares all that was made of it.
  static let script = #"""
    import json, sys
    import numpy as np
    arrays = np.load(sys.argv[1])
    cases = json.load(open(sys.argv[2]))
    def blocks(w, axis, size):
        moved = np.moveaxis(w, axis, 0)
        return [np.moveaxis(moved[i:i + size], 0, axis) for i in range(0, moved.shape[0], size)]
    def rounded(x):
        return np.rint(x).astype(np.float32)
    compared = 0
    for c in cases:
        i = c["id"]
        w = arrays[i + ".w"]
        v = w.copy()
        n = w.size
        if c["measure"] == "amount":
            k = round(c["amount"] * n)  # Python rounds half to even
            order = np.argsort(np.abs(w).ravel(), kind="stable")
            v.ravel()[order[:k]] = 0
            assert c["pruned"] == k, (i, c["pruned"], k)
        elif c["measure"] == "percentile":
            s = np.abs(w).astype(np.float64)
            v[s < np.quantile(s, c["amount"])] = 0
        if c["bits"] == 0:
            assert np.array_equal(v, arrays[i + ".v"]), i
            compared += 1
            continue
        b = c["bits"]
        if c["granularity"] == "tensor":
            parts, axes = [v], None
        elif c["granularity"] == "channel":
            parts, axes = [v], tuple(a for a in range(v.ndim) if a != c["out"])
        else:
            parts, axes = blocks(v, c["in"], c["group"]), (c["in"],)
        codes, values, scales, zeros = [], [], [], []
        for p in parts:
            if c["scheme"] == "symmetric":
                q = np.float32(2 ** (b - 1) - 1)
                s = np.abs(p).max(axis=axes, keepdims=True) / q
                s = np.where(s == 0, np.float32(1), s).astype(np.float32)
                x = np.clip(rounded(p / s), -q, q)
                z = np.zeros_like(s)
            else:
                q = np.float32(2 ** b - 1)
                lo = np.minimum(p.min(axis=axes, keepdims=True), np.float32(0))
                hi = np.maximum(p.max(axis=axes, keepdims=True), np.float32(0))
                s = (hi - lo) / q
                s = np.where(s == 0, np.float32(1), s).astype(np.float32)
                z = np.clip(rounded(-lo / s), 0, q)
                x = np.clip(rounded(p / s) + z, 0, q)
            codes.append(x)
            values.append(((x - z) * s).astype(np.float32))
            scales.append(s)
            zeros.append(z)
        axis = c["in"] if c["granularity"] == "group" else 0
        x = np.concatenate(codes, axis)
        assert np.array_equal(x, arrays[i + ".q"].astype(np.float32)), i + " codes"
        s = np.concatenate(scales, axis)
        assert np.array_equal(s.ravel(), arrays[i + ".s"].ravel()), i + " scales"
        if c["scheme"] == "asymmetric":
            z = np.concatenate(zeros, axis)
            assert np.array_equal(z.ravel(), arrays[i + ".z"].astype(np.float32).ravel()), i
        assert np.array_equal(np.concatenate(values, axis), arrays[i + ".v"]), i + " values"
        assert np.all(arrays[i + ".v"][v == 0] == 0), i + " zeros kept"
        compared += 1
    print(compared)
    """#

  struct Case: Encodable {
    var id: String
    var amount: Double
    var measure: String
    var pruned: Int
    var bits: Int
    var scheme: String
    var granularity: String
    var group: Int
    var out: Int
    var `in`: Int
  }

  /// Settings that go through every scheme, granularity and width.
  static let settings: [LayerSetting] = {
    var settings = [0.3, 0.5, 0.7, 0.9].map { LayerSetting(prune: PruneSetting(amount: $0)) }
    settings.append(LayerSetting(prune: PruneSetting(amount: 0.85, measure: .percentile)))
    let granularities: [WeightQuantization.Granularity] = [.tensor, .channel, .group(32)]
    for bits in WeightQuantization.allowedBits {
      for granularity in granularities {
        for scheme in [WeightQuantization.Scheme.symmetric, .asymmetric] {
          settings.append(
            LayerSetting(
              prune: bits % 2 == 0 ? PruneSetting(amount: 0.5) : nil,
              weights: WeightQuantization(bits: bits, scheme: scheme, granularity: granularity)))
        }
      }
    }
    return settings
  }()

  @Test(
    .enabled(if: JudgePython.isAvailable, "the judges are not installed"),
    arguments: TestModels.all)
  func wholeModelsAgree(path: String) throws {
    let compressor = try PlanCompressor(graph: try ONNXReader.read(path: path).graph)
    try #require(!compressor.layers.isEmpty)
    let folder = try TemporaryFolder()
    var arrays: OrderedDictionary<String, Tensor> = [:]
    var cases: [Case] = []
    // One setting after the other over the layers: every layer has several, all settings occur.
    let perLayer = max(
      3, (Self.settings.count + compressor.layers.count - 1) / compressor.layers.count)
    var next = 0
    for (index, layer) in compressor.layers.enumerated() {
      // Grouped transposed convolutions have channels of their own; they are tested by hand.
      guard layer.op != "ConvTranspose" || layer.group == 1 else { continue }
      // The large weights of text models are many: each takes one setting of the row.
      let count = layer.parameters > 1 << 17 ? 1 : perLayer
      for _ in 0..<count {
        let setting = Self.settings[next % Self.settings.count]
        next += 1
        let made = try compressor.compress(index, EffectiveSetting(setting))
        let id = "\(cases.count)"
        arrays["\(id).w"] = compressor.weights[index]
        arrays["\(id).v"] = made.dequantized
        arrays["\(id).q"] = made.codes
        arrays["\(id).s"] = made.scales
        arrays["\(id).z"] = made.zeroPoints
        cases.append(Self.describe(made, id: id))
      }
    }
    try NPZFile.write(arrays, to: folder.path("made.npz"))
    try JSONEncoder().encode(cases).write(to: folder.url.appending(path: "cases.json"))
    let output = try JudgePython.run(
      Self.script, arguments: [folder.path("made.npz"), folder.path("cases.json")])
    #expect(Int(output.trimmingCharacters(in: .whitespacesAndNewlines)) == cases.count)
  }

  private static func describe(_ made: CompressedWeights, id: String) -> Case {
    var result = Case(
      id: id, amount: made.setting.prune?.amount ?? 0,
      measure: made.setting.prune?.measure.rawValue ?? "none", pruned: made.prunedCount,
      bits: made.setting.weights?.bits ?? 0,
      scheme: made.setting.weights?.scheme.rawValue ?? "", granularity: "", group: 0,
      out: made.layer.outputAxis, in: made.layer.inputAxis)
    switch made.setting.weights?.granularity {
    case .tensor: result.granularity = "tensor"
    case .channel: result.granularity = "channel"
    case .group(let size):
      result.granularity = "group"
      result.group = size
    case nil: break
    }
    return result
  }

  /// Pruning over all layers: one ranking by magnitude, ties by layer, then by index.
  @Test(
    .enabled(if: JudgePython.isAvailable, "the judges are not installed"),
    arguments: TestModels.samples + [SharedAssets.path("cifar10/resnet20.onnx")].compactMap { $0 })
  func globalPruningAgrees(path: String) throws {
    let compressor = try PlanCompressor(graph: try ONNXReader.read(path: path).graph)
    let folder = try TemporaryFolder()
    for measure in [PruneSetting.Measure.amount, .percentile] {
      let prune = PruneSetting(amount: 0.6, measure: measure, scope: .global)
      let made = try compressor.compress(
        compressor.layers.map { _ in LayerSetting(prune: prune) })
      var arrays: OrderedDictionary<String, Tensor> = [:]
      for (index, entry) in made.enumerated() {
        arrays["w\(index)"] = compressor.weights[index]
        arrays["v\(index)"] = entry.dequantized
      }
      try NPZFile.write(arrays, to: folder.path("made.npz"))
      let output = try JudgePython.run(
        #"""
        import sys
        import numpy as np
        arrays = np.load(sys.argv[1])
        count = len(arrays.files) // 2
        w = np.concatenate([arrays[f"w{i}"].ravel() for i in range(count)])
        v = np.concatenate([arrays[f"v{i}"].ravel() for i in range(count)])
        mask = np.ones(w.size, bool)
        if sys.argv[2] == "amount":
            mask[np.argsort(np.abs(w), kind="stable")[:round(0.6 * w.size)]] = False
        else:
            s = np.abs(w).astype(np.float64)
            mask = s >= np.percentile(s, 60.0)
        assert np.array_equal(v, np.where(mask, w, 0))
        print("equal")
        """#, arguments: [folder.path("made.npz"), measure.rawValue])
      #expect(output == "equal\n")
    }
  }
}
