import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Masks of every criterion and pattern against torch.nn.utils.prune, and against NumPy written from the
/// papers.
@Suite(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
struct PruneJudgeTests {
  /// What the criteria are defined as; `v` is what was made of the weight `w`.
  static let script = #"""
    import json, sys
    import numpy as np, torch
    import torch.nn.utils.prune as prune
    arrays = np.load(sys.argv[1])
    cases = json.load(open(sys.argv[2]))

    def flat(w, out):
        return np.moveaxis(w, out, 0).reshape(w.shape[out], -1)
    def unflat(m, w, out):
        shape = [w.shape[out]] + [n for a, n in enumerate(w.shape) if a != out]
        return np.moveaxis(m.reshape(shape), 0, out)
    def lowest(scores, k):  # mask of what stays; of equal scores the lower index goes first
        mask = np.ones(scores.size, bool)
        mask[np.argsort(scores.ravel(), kind="stable")[:k]] = False
        return mask.reshape(scores.shape)
    def expected(c, w):
        out, s = c["out"], c["stats"]
        W = flat(w, out)
        O, J = W.shape
        square = arrays.get(c["id"] + ".square")
        magnitude, zeros = arrays.get(c["id"] + ".magnitude"), arrays.get(c["id"] + ".zeros")
        k = lambda n: round(c["amount"] * n)
        name, pattern = c["criterion"], c["pattern"]
        if pattern == "torch":
            module = torch.nn.Module()
            module.weight = torch.nn.Parameter(torch.from_numpy(w.copy()))
            if name == "unstructured": prune.l1_unstructured(module, "weight", amount=c["amount"])
            else: prune.ln_structured(module, "weight", amount=c["amount"], n=int(name[1]), dim=out)
            return module.weight_mask.numpy().astype(bool)
        if pattern == "threshold":
            return np.abs(w).astype(np.float64) > c["amount"] * w.astype(np.float64).std(ddof=1)
        if pattern == "percentile":
            a = np.abs(w).astype(np.float64)
            return a >= np.percentile(a, 100 * c["amount"])
        if name == "wanda":
            norm = np.sqrt(square.reshape(c["groups"], J)).repeat(O // c["groups"], 0)
            score = (np.abs(W).astype(np.float64) * norm).astype(np.float32)
        elif name in ("snip", "taylor", "fisher"):
            g, f = flat(arrays[c["id"] + ".gradient"], out), flat(arrays[c["id"] + ".fisher"], out)
            score = {"snip": np.abs(W * g), "taylor": (W.astype(np.float64) * g).sum(1) ** 2,
                     "fisher": (W.astype(np.float64) ** 2 * f / 2).astype(np.float32)}[name]
        else:
            score = np.abs(W)
        if pattern == "unstructured" and name in ("snip", "fisher"):
            score = unflat(score, w, out)
            return lowest(score, k(score.size))
        elif pattern == "unstructured":  # the loop of the paper's code: row by row
            mask = np.stack([lowest(row, k(J)) for row in score])
        elif pattern == "runs":
            keep, of = c["keep"], c["of"]
            mask = np.ones_like(W, bool)
            for row in range(O):
                for start in range(0, J, of):
                    part = score[row, start:start + of]
                    mask[row, start:start + of] = lowest(part, max(part.size - keep, 0))
        elif pattern == "blocks":  # coremltools: zero padding, L2 norm of each block
            r, q = c["rows"], c["columns"]
            padded = np.zeros((-(-O // r) * r, -(-J // q) * q))
            padded[:O, :J] = W
            b = padded.reshape(padded.shape[0] // r, r, padded.shape[1] // q, q)
            norm = np.sqrt((b ** 2).sum((1, 3))).astype(np.float32)
            mask = lowest(norm, k(norm.size)).repeat(r, 0).repeat(q, 1)[:O, :J]
        elif pattern == "channels":
            if name == "activation": score = magnitude
            elif name == "apoz": score = 1 - zeros
            elif name == "bn-gamma": score = np.abs(arrays[c["id"] + ".gamma"])
            elif name == "mixed":
                m = np.abs(W).astype(np.float64).mean(1)
                score = c["alpha"] * m / m.max() + (1 - c["alpha"]) * magnitude / magnitude.max()
            elif name == "fpgm":
                t = torch.from_numpy(W.astype(np.float64))
                score = torch.cdist(t, t, compute_mode="donot_use_mm_for_euclid_dist").sum(1).numpy()
            elif name in ("wanda", "snip", "fisher"): score = score.astype(np.float64).sum(1)
            mask = np.broadcast_to(lowest(np.asarray(score).astype(np.float32), k(O))[:, None], W.shape)
        return unflat(mask, w, out)

    for c in cases:
        w, v = arrays[c["id"] + ".w"], arrays[c["id"] + ".v"]
        mask = expected(c, w)
        if c["criterion"] == "random":
            assert (v == 0).sum() - (w == 0).sum() in range(c["pruned"] - 3, c["pruned"] + 1), c
            assert c["pruned"] == round(c["amount"] * w.size), c
            assert np.all((v == 0) | (v == w)), c
            continue
        assert c["pruned"] == (~mask).sum(), (c, (~mask).sum())
        same = v == np.where(mask, w, 0)
        if pattern_is_torch := c["pattern"] == "torch":
            # torch says nothing about the order of equal magnitudes.
            edge = np.abs(w)[~mask].max() if (~mask).any() else 0
            same |= np.abs(w) == edge
        assert same.all(), (c, (~same).sum())
    print(len(cases))
    """#

  struct Case: Encodable {
    var id = ""
    var out = 0
    var groups = 1
    var pruned = 0
    var stats = true
    var criterion: String
    var pattern: String
    var amount = 0.0
    var alpha = 0.5
    var keep = 0
    var of = 0
    var rows = 0
    var columns = 0
  }

  /// Statistics and scales that look like real ones, the same for the same layer.
  struct MadeUpCalibration: CalibrationSource {
    let layers: [CompressibleLayer]

    static func numbers(_ count: Int, _ seed: Int) -> [Double] {
      var generator = SeededGenerator(seed: UInt64(seed))
      return (0..<count).map { _ in Double.random(in: 0.01...1, using: &generator) }
    }

    func statistics(
      ofLayer layer: Int, needs: Set<StatisticsNeed>, isCancelled: () -> Bool
    ) throws -> LayerStatistics {
      let rows = WeightRows(layers[layer])
      var result = LayerStatistics(rows: 100)
      result.inputSquare = Self.numbers(rows.groups * rows.columns, 3 * layer)
      result.outputMagnitude = Self.numbers(rows.rows, 3 * layer + 1)
      result.outputZeros = Self.numbers(rows.rows, 3 * layer + 2)
      let (shape, count) = (layers[layer].shape, layers[layer].parameters)
      result.gradientMean = Tensor(
        shape, Self.numbers(count, 5000 + layer).map { Float($0 - 0.5) })
      result.gradientSquare = Tensor(shape, Self.numbers(count, 6000 + layer).map { Float($0) })
      return result
    }
  }

  static let settings: [(setting: PruneSetting, case: Case)] = {
    var list: [(PruneSetting, Case)] = []
    func add(_ setting: PruneSetting, _ criterion: String, _ pattern: String) {
      var entry = Case(criterion: criterion, pattern: pattern)
      entry.amount = setting.amount
      entry.alpha = setting.alpha
      switch setting.pattern {
      case .keep(let keep, let length): (entry.keep, entry.of) = (keep, length)
      case .block(let rows, let columns): (entry.rows, entry.columns) = (rows, columns)
      default: break
      }
      list.append((setting, entry))
    }
    for amount in [0.3, 0.7, 0.9] {
      add(PruneSetting(amount: amount), "unstructured", "torch")
      add(PruneSetting(amount: amount, criterion: "l2"), "unstructured", "torch")
      add(PruneSetting(amount: amount, pattern: .channel), "l1", "torch")
      add(PruneSetting(amount: amount, criterion: "l2", pattern: .channel), "l2", "torch")
      add(PruneSetting(amount: amount, measure: .percentile), "magnitude", "percentile")
      add(PruneSetting(amount: amount, criterion: "random"), "random", "unstructured")
      for name in ["wanda", "snip", "fisher"] {
        add(PruneSetting(amount: amount, criterion: name), name, "unstructured")
      }
      for name in [
        "activation", "apoz", "fpgm", "wanda", "bn-gamma", "snip", "taylor", "fisher",
      ] {
        add(PruneSetting(amount: amount, criterion: name, pattern: .channel), name, "channels")
      }
      for alpha in [0, 0.25, 0.5, 1] {
        add(
          PruneSetting(amount: amount, criterion: "mixed", pattern: .channel, alpha: alpha),
          "mixed", "channels")
      }
      for (rows, columns) in [(4, 1), (1, 4), (3, 5)] {
        add(
          PruneSetting(
            amount: amount, criterion: "l2", pattern: .block(rows: rows, columns: columns)),
          "l2", "blocks")
      }
    }
    for factor in [0, 0.25, 0.875, 2, 100] {
      add(PruneSetting(amount: factor, measure: .threshold), "magnitude", "threshold")
    }
    for (keep, length) in [(2, 4), (1, 4), (4, 8), (3, 5)] {
      add(PruneSetting(keep: keep, of: length), "magnitude", "runs")
      add(PruneSetting(keep: keep, of: length, criterion: "wanda"), "wanda", "runs")
    }
    return list
  }()

  @Test(
    arguments: TestModels.samples
      + ["cifar10/resnet20.onnx", "detection/ultraface/version-RFB-320.onnx"].compactMap {
        SharedAssets.path($0)
      })
  func everyCriterionAndPatternAgrees(path: String) throws {
    let graph = try ONNXReader.read(path: path).graph
    let layers = graph.compressibleLayers().filter { $0.op != "Gather" }
    let weights = try layers.map { try #require(graph.constant($0.weight)) }
    let scales = Dictionary(
      uniqueKeysWithValues: layers.enumerated().map { index, layer in
        (
          layer.name,
          MadeUpCalibration.numbers(WeightRows(layer).rows, 1000 + index).map { Float($0 - 0.5) }
        )
      })
    let compressor = try PlanCompressor(
      layers: layers, weights: weights, batchNormScales: scales
    ).calibrated(by: MadeUpCalibration(layers: layers))
    let folder = try TemporaryFolder()
    var arrays: OrderedDictionary<String, Tensor> = [:]
    var cases: [Case] = []
    for (index, layer) in layers.enumerated() {
      // One setting after the other over the layers, so that all occur with several shapes.
      for step in 0..<12 {
        let number = (index * 12 + step) % Self.settings.count
        var entry = Self.settings[number].case
        let made = try compressor.compress(
          index, EffectiveSetting(LayerSetting(prune: Self.settings[number].setting), seed: 7))
        entry.id = "\(cases.count)"
        entry.out = layer.outputAxis
        entry.groups = WeightRows(layer).groups
        entry.pruned = made.prunedCount
        arrays[entry.id + ".w"] = weights[index]
        arrays[entry.id + ".v"] = made.dequantized
        let known = try compressor.calibration.statistics(
          ofLayer: index, needs: [], isCancelled: { false })
        for (key, values) in [
          ("square", known.inputSquare), ("magnitude", known.outputMagnitude),
          ("zeros", known.outputZeros), ("gamma", scales[layer.name]?.map { Double($0) }),
        ] {
          arrays["\(entry.id).\(key)"] = values.map { Tensor([$0.count], $0) }
        }
        arrays[entry.id + ".gradient"] = known.gradientMean
        arrays[entry.id + ".fisher"] = known.gradientSquare
        cases.append(entry)
      }
    }
    try NPZFile.write(arrays, to: folder.path("made.npz"))
    try JSONEncoder().encode(cases).write(to: folder.url.appending(path: "cases.json"))
    let output = try JudgePython.run(
      Self.script, arguments: [folder.path("made.npz"), folder.path("cases.json")])
    #expect(Int(output.trimmingCharacters(in: .whitespacesAndNewlines)) == cases.count)
  }

  /// One ranking over all layers with every normalizer: torch.nn.utils.prune.global_unstructured with
  /// the same scores, and LAMP as the paper has it.
  @Test(arguments: [SharedAssets.path("cifar10/resnet20.onnx")].compactMap { $0 })
  func globalRankingsAgree(path: String) throws {
    let compressor = try PlanCompressor(graph: try ONNXReader.read(path: path).graph)
    let folder = try TemporaryFolder()
    for normalization in ScoreNormalization.allCases {
      for amount in [0.3, 0.8] {
        let prune = PruneSetting(amount: amount, scope: .global, normalization: normalization)
        let made = try compressor.compress(
          compressor.layers.map { _ in LayerSetting(prune: prune) })
        var arrays: OrderedDictionary<String, Tensor> = [:]
        for (index, entry) in made.enumerated() {
          arrays["w\(index)"] = compressor.weights[index]
          arrays["v\(index)"] = entry.dequantized
        }
        try NPZFile.write(arrays, to: folder.path("made.npz"))
        let output = try JudgePython.run(
          Self.globalScript,
          arguments: [folder.path("made.npz"), normalization.rawValue, "\(amount)"])
        #expect(output.hasPrefix("ok"), "\(normalization) \(amount)")
      }
    }
  }

  static let globalScript = #"""
    import sys
    import numpy as np, torch
    import torch.nn.utils.prune as prune
    arrays = np.load(sys.argv[1])
    count = len(arrays.files) // 2
    w = [arrays[f"w{i}"] for i in range(count)]
    v = [arrays[f"v{i}"] for i in range(count)]
    def lamp(a):  # equation 4 of arXiv:2010.07611
        order = np.argsort(a.ravel(), kind="stable")
        squares = np.square(a.ravel()[order])
        scores = np.empty_like(squares)
        for u in range(squares.size): scores[order[u]] = squares[u]
        sums = np.cumsum(squares[::-1])[::-1]
        scores[order] = squares / sums
        return scores.reshape(a.shape)
    def score(x):
        a = np.abs(x).astype(np.float64)
        s = {"none": lambda: a, "mean": lambda: a / a.mean(), "max": lambda: a / a.max(),
             "zscore": lambda: (a - a.mean()) / a.std(), "lamp": lambda: lamp(a)}[sys.argv[2]]()
        return s.astype(np.float32)
    scores = [score(x) for x in w]
    modules = []
    for x in w:
        module = torch.nn.Module()
        module.weight = torch.nn.Parameter(torch.from_numpy(x.copy()))
        modules.append((module, "weight"))
    # torch takes magnitudes of scores: shifted above 0, their order is kept.
    least = min(s.min() for s in scores)
    prune.global_unstructured(modules, prune.L1Unstructured, amount=float(sys.argv[3]),
        importance_scores={m: torch.from_numpy(s.astype(np.float64) - least) for m, s in zip(modules, scores)})
    masks = [m.weight_mask.numpy().astype(bool) for m, _ in modules]
    edge = max(s[~m].max() for s, m in zip(scores, masks) if (~m).any())
    assert sum((x == 0).sum() for x in v) == sum((~m).sum() for m in masks)
    for i, (x, y, m, s) in enumerate(zip(w, v, masks, scores)):
        same = (y == np.where(m, x, 0)) | (s == edge)
        assert same.all(), (i, (~same).sum())
    print("ok")
    """#
}
