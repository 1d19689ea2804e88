import Foundation
import ModelCompression
import ModelFormats
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// GPTQ, SparseGPT, refits, HQQ and AdaRound against the papers' loops in NumPy.
@Suite(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
struct CompensationJudgeTests {
  struct Case: Encodable {
    var id = ""
    var prune = ""
    var amount = 0.0
    var method = ""
    var bits = 0
    var symmetric = true
    var block = 128
    var actOrder = false
    var steps = 60
  }

  static func quantization(
    _ bits: Int, _ scheme: WeightQuantization.Scheme, _ method: NamedChoice,
    _ granularity: WeightQuantization.Granularity = .channel
  ) -> WeightQuantization {
    WeightQuantization(bits: bits, scheme: scheme, granularity: granularity, method: method)
  }

  static let settings: [(setting: LayerSetting, case: Case)] = {
    var all: [(LayerSetting, Case)] = []
    let prunings: [(String, PruneSetting?)] = [
      ("", nil), ("sparsegpt", PruneSetting(amount: 0.5, criterion: "sparsegpt")),
      ("sparsegpt", PruneSetting(amount: 0.37, criterion: "sparsegpt")),
      ("refit", PruneSetting(amount: 0.6, refit: true)), ("magnitude", PruneSetting(amount: 0.5)),
    ]
    for (name, prune) in prunings {
      let plain = Case(prune: name, amount: prune?.amount ?? 0)
      if prune != nil, name != "magnitude" { all.append((LayerSetting(prune: prune), plain)) }
      for scheme in [WeightQuantization.Scheme.symmetric, .asymmetric] {
        for (method, granularity) in [
          ("gptq", .channel), ("gptq", .group(16)), ("hqq", .channel), ("hqq", .tensor),
          ("adaround", .channel),
        ] as [(String, WeightQuantization.Granularity)] {
          var entry = plain
          entry.method = method
          entry.bits = method == "gptq" ? 4 : 3
          entry.symmetric = scheme == .symmetric
          var choice = NamedChoice(method)
          if method == "gptq", scheme == .asymmetric {
            (entry.block, entry.actOrder) = (16, true)
            choice.options = ["block": .integer(16), "actOrder": .flag(true)]
          }
          if method == "adaround" { choice.options = ["iterations": .integer(entry.steps)] }
          all.append(
            (
              LayerSetting(
                prune: prune, weights: quantization(entry.bits, scheme, choice, granularity)),
              entry
            ))
        }
      }
    }
    return all
  }()

  @Test(arguments: [1, 2] as [UInt64])
  func loopsAgree(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var arrays: OrderedDictionary<String, Tensor> = [:]
    var cases: [Case] = []
    for sample in SampleLayers.all(seed: seed) {
      for (setting, description) in Self.settings {
        let made = try sample.made(setting)
        var entry = description
        entry.id = "\(cases.count)"
        arrays[entry.id + ".w"] = sample.gathered(sample.weights.floats)
        arrays[entry.id + ".v"] = sample.gathered(made.dequantized.floats)
        arrays[entry.id + ".h"] = sample.statistics.inputProducts
        if setting.prune != nil {
          let magnitude = try sample.made(
            LayerSetting(prune: PruneSetting(amount: entry.amount)))
          arrays[entry.id + ".m"] = sample.gathered(magnitude.dequantized.floats)
        }
        if let weights = setting.weights {
          arrays[entry.id + ".p"] = sample.gathered(sample.places(weights))
          arrays[entry.id + ".s"] = made.scales
          arrays[entry.id + ".z"] = made.zeroPoints
          var nearest = setting
          nearest.weights?.method = "nearest"
          let first = try sample.made(nearest)
          arrays[entry.id + ".s0"] = first.scales
          arrays[entry.id + ".z0"] = first.zeroPoints
        }
        cases.append(entry)
      }
    }
    try NPZFile.write(arrays, to: folder.path("made.npz"))
    func judge(_ cases: [Case]) throws {
      try JSONEncoder().encode(cases).write(to: folder.url.appending(path: "cases.json"))
      let output = try JudgePython.run(
        file: "compensation.py", arguments: [folder.path("made.npz"), folder.path("cases.json")])
      #expect(Int(output.trimmingCharacters(in: .whitespacesAndNewlines)) == cases.count)
    }
    try judge(cases.filter { $0.method != "hqq" })
    withKnownIssue("scales of hqq differ by up to a percent on some channels", isIntermittent: true)
    {
      try judge(cases.filter { $0.method == "hqq" })
    }
  }
}
