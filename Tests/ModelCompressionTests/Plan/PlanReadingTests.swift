import ModelCompression
import Tensors
import TestSupport
import Testing

/// Plan files: what is read, what is refused and where, what is written.
@Suite struct PlanReadingTests {
  static let example = #"""
    weightbench: 1                     # format version
    model: {file: resnet20.onnx, sha256: "abc"}
    seed: 0
    calibration: {data: cifar10_train2000.npz, count: 512}
    defaults:
      weights: {bits: 8}
    layers:
      "type:Gemm": {weights: {bits: 8}}
      "re:layer3\\..*": {prune: {amount: 0.5}}
      layer1.0.conv1:
        prune: {amount: 0.7, criterion: magnitude, pattern: unstructured}
        weights: {bits: 4, scheme: symmetric, granularity: channel, range: minmax, method: nearest}
      conv1: null
    pinned: [conv1, linear]
    results: {top1: 0.909, delta: -0.008, images: 1000, storedBytes: 143210, note: "8", done: true}
    """#

  @Test func readsTheExample() throws {
    let plan = try CompressionPlan(text: Self.example)
    #expect(plan.model == CompressionPlan.Model(file: "resnet20.onnx", sha256: "abc"))
    #expect(plan.seed == 0)
    #expect(
      plan.calibration == CompressionPlan.Calibration(data: "cifar10_train2000.npz", count: 512))
    #expect(plan.defaults == PlanRule(weights: .set(WeightQuantization(bits: 8))))
    #expect(
      Array(plan.layers.keys) == ["type:Gemm", #"re:layer3\..*"#, "layer1.0.conv1", "conv1"])
    #expect(plan.layers["conv1"] == .leaveAlone)
    #expect(
      plan.layers["layer1.0.conv1"]
        == PlanRule(
          prune: .set(PruneSetting(amount: 0.7)), weights: .set(WeightQuantization(bits: 4))))
    #expect(plan.pinned == ["conv1", "linear"])
    #expect(plan.results["top1"] == .number(0.909))
    #expect(plan.results["images"] == .integer(1000))
    #expect(plan.results["note"] == .text("8"))
    #expect(plan.results["done"] == .flag(true))
  }

  @Test(arguments: CompressionPlan.TextFormat.allCases)
  func writesWhatItRead(format: CompressionPlan.TextFormat) throws {
    let plan = try CompressionPlan(text: Self.example)
    let text = plan.text(format)
    let again = try CompressionPlan(text: text)
    #expect(again == plan)
    #expect(again.text(format) == text)
  }

  @Test func writesReadableYAML() throws {
    let plan = try CompressionPlan(text: Self.example)
    #expect(
      plan.text() == #"""
        weightbench: 1
        model: {file: resnet20.onnx, sha256: abc}
        seed: 0
        calibration: {data: cifar10_train2000.npz, count: 512}
        defaults: {weights: {bits: 8}}
        layers:
          "type:Gemm": {weights: {bits: 8}}
          "re:layer3\\..*": {prune: {amount: 0.5}}
          layer1.0.conv1:
            prune: {amount: 0.7}
            weights: {bits: 4}
          conv1: null
        pinned: [conv1, linear]
        results: {top1: 0.909, delta: -0.008, images: 1000, storedBytes: 143210, note: "8", done: true}

        """#)
  }

  /// A text with `^` under the place that the error has to name.
  @Test(arguments: [
    ("weightbench: 1\nlayer: {}", 2, 1, "unknown key 'layer'"),
    ("weightbench: 2", 1, 14, "plan format 2"),
    ("defaults: {}", 1, 1, "'weightbench' is missing"),
    ("weightbench: 1\ndefaults: {prune: {amount: 70}}", 2, 28, "between 0 and 1"),
    ("weightbench: 1\ndefaults: {prune: {amount: nan}}", 2, 28, "has to be a number"),
    ("weightbench: 1\ndefaults: {prune: {amount: -0.1}}", 2, 28, "between 0 and 1"),
    ("weightbench: 1\ndefaults: {prune: {amount: \"0.5\"}}", 2, 28, "has to be a number"),
    ("weightbench: 1\ndefaults: {prune: {}}", 2, 19, "needs an amount"),
    ("weightbench: 1\ndefaults: {prune: {amount: 0.5, percentile: 50}}", 2, 33, "give one"),
    (
      "weightbench: 1\ndefaults: {prune: {amount: 0.5, criterion: taylorr}}", 2, 44, "not supported"
    ),
    ("weightbench: 1\ndefaults: {prune: {amount: 0.5, pattern: rows}}", 2, 42, "not supported"),
    ("weightbench: 1\ndefaults: {prune: {amount: 0.5, threshold: 1}}", 2, 33, "give one"),
    ("weightbench: 1\ndefaults: {prune: {threshold: -1}}", 2, 31, "standard deviation"),
    ("weightbench: 1\ndefaults: {prune: {threshold: 1, criterion: wanda}}", 2, 31, "magnitude"),
    ("weightbench: 1\ndefaults: {prune: {threshold: 1, scope: global}}", 2, 41, "by itself"),
    ("weightbench: 1\ndefaults: {prune: {amount: 0.5, normalize: lamp}}", 2, 44, "ranked together"),
    ("weightbench: 1\ndefaults: {prune: {amount: 0.5, alpha: 0.3}}", 2, 40, "mixed"),
    ("weightbench: 1\ndefaults: {prune: {amount: 0.5, alpha: 0.5}}", 2, 40, "mixed"),
    (
      "weightbench: 1\ndefaults: {prune: {amount: 1, criterion: mixed, alpha: 2}}", 2, 56, "between"
    ),
    ("weightbench: 1\ndefaults: {prune: {pattern: {keep: 4, of: 4}}}", 2, 29, "not possible"),
    ("weightbench: 1\ndefaults: {prune: {pattern: {keep: 4}}}", 2, 29, "not one of those known"),
    ("weightbench: 1\ndefaults: {prune: {pattern: {block: 4}}}", 2, 37, "has to be a list"),
    (
      "weightbench: 1\ndefaults: {prune: {pattern: {block: [0, 1]}, amount: 0.5}}", 2, 29,
      "not possible"
    ),
    ("weightbench: 1\ndefaults: {prune: {pattern: {bloc: [4, 1]}}}", 2, 30, "'bloc'"),
    (
      "weightbench: 1\ndefaults: {prune: {pattern: {keep: 2, of: 4}, scope: global}}", 2, 54,
      "share"
    ),
    (
      "weightbench: 1\ndefaults: {prune: {amount: 0.6, pattern: {keep: 2, of: 4}}}", 2, 28,
      "so says the amount"
    ),
    ("weightbench: 1\ndefaults: {weights: {bits: 0}}", 2, 28, "0 bits are not possible"),
    ("weightbench: 1\ndefaults: {weights: {bits: 9}}", 2, 28, "9 bits are not possible"),
    ("weightbench: 1\ndefaults: {weights: {bits: 4.0}}", 2, 28, "whole number"),
    ("weightbench: 1\ndefaults: {weights: {}}", 2, 21, "needs bits"),
    ("weightbench: 1\ndefaults: {weights: {bits: 4, scheme: pallette}}", 2, 39, "not supported"),
    ("weightbench: 1\ndefaults: {weights: {bits: 4, method: gptqq}}", 2, 39, "not supported"),
    (
      "weightbench: 1\ndefaults: {weights: {bits: 4, method: {gptq: {damp: 99}}}}", 2, 53,
      "between"
    ),
    (
      "weightbench: 1\ndefaults: {weights: {scheme: bfloat16, method: gptq}}", 2, 48,
      "has nothing to improve"
    ),
    (
      "weightbench: 1\ndefaults: {weights: {bits: 4, scheme: palette, range: mse}}", 2, 55,
      "has no meaning"
    ),
    ("weightbench: 1\ndefaults: {weights: {bits: 4, range: best}}", 2, 38, "not supported"),
    (
      "weightbench: 1\ndefaults: {weights: {bits: 4, granularity: {group: 8}}}", 2, 52,
      "between 16 and 256"
    ),
    ("weightbench: 1\nlayers:\n  a:\n    activations: {bits: 9}", 4, 18, "can't be 9"),
    ("weightbench: 1\ndefaults: {activations: {mode: lazy}}", 2, 32, "not supported"),
    ("weightbench: 1\ndefaults: {activations: {range: best}}", 2, 33, "not supported"),
    ("weightbench: 1\ndefaults: {activations: {bit: 8}}", 2, 26, "unknown key 'bit'"),
    ("weightbench: 1\ndefaults: {activations: {mode: dynamic, bits: 4}}", 2, 25, "have 8 bits"),
    (
      "weightbench: 1\ndefaults: {activations: {mode: dynamic, range: mse}}", 2, 25, "have 8 bits"
    ),
    ("weightbench: 1\nlayers:\n  \"re:(\": null", 3, 3, "not a regular expression"),
    ("weightbench: 1\nlayers: [a]", 2, 9, "has to be a mapping"),
    ("weightbench: 1\nlayers:\n  a: 3", 3, 6, "has to be a mapping"),
    ("weightbench: 1\npinned: a", 2, 9, "list"),
    ("weightbench: 1\nresults: {a: [1]}", 2, 14, "plain value"),
    ("weightbench: 1\nresults: {a: *b, c: &b 1}", 2, 14, "not supported"),
    ("weightbench: 1\nlayers:\n  a: null\n  a: null", 3, 3, "given twice"),
    ("weightbench: 1\nlayers: {a: null", 3, 1, "did not find expected"),
    ("[1, 2]", 1, 1, "has to be a mapping"),
  ])
  func refusesWithThePlace(text: String, line: Int, column: Int, problem: String) throws {
    let error = try #require(throws: EngineError.self) {
      _ = try CompressionPlan(text: text, path: "plan.yaml")
    }
    #expect(error.code == .invalidPlan)
    #expect(error.path == "plan.yaml")
    #expect(error.problem.contains(problem), "\(error)")
    #expect(error.subject == "line \(line), column \(column)", "\(error)")
  }

  @Test(arguments: [
    "", "{", "\u{0}", "weightbench", "- - - -", "weightbench: [",
    String(repeating: "[", count: 200_000), String(repeating: "- ", count: 200_000),
    String(repeating: "{a: ", count: 100_000), String(repeating: "? ", count: 100_000),
    "weightbench: 1\nlayers: {? {a: b} : null}", "weightbench: 99999999999999999999",
    "weightbench: 1\n<<: {seed: 1}", "--- a\n--- b", "%YAML 9.9\n---\nweightbench: 1",
  ])
  func refusesWhatIsNoPlan(text: String) {
    #expect(throws: EngineError.self) { _ = try CompressionPlan(text: text) }
  }

  @Test func everyPrefixIsReadOrRefused() {
    for length in 0...Self.example.count {
      let text = String(Self.example.prefix(length))
      do throws(EngineError) {
        let plan = try CompressionPlan(text: text)
        let again = try? CompressionPlan(text: plan.text())
        #expect(again == plan)
      } catch {
        #expect(error.code == .invalidPlan)
      }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func randomPlansSurvive(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let plan = RandomPlan.make(&generator)
      for format in CompressionPlan.TextFormat.allCases {
        let again = try CompressionPlan(text: plan.text(format))
        #expect(again == plan, "seed \(seed)\n\(plan.text(format))")
      }
    }
  }

  @Test func missingFilesAreNamed() throws {
    let error = try #require(throws: EngineError.self) {
      _ = try CompressionPlan(contentsOf: "/nowhere/plan.yaml")
    }
    #expect(error.code == .missingFile)
  }
}

/// Plans with everything that the format knows, at random.
enum RandomPlan {
  static func make(_ generator: inout SeededGenerator) -> CompressionPlan {
    var plan = CompressionPlan()
    if Bool.random(using: &generator) {
      plan.model = CompressionPlan.Model(file: name(&generator), sha256: "0f")
    }
    if Bool.random(using: &generator) { plan.seed = Int.random(in: 0...99, using: &generator) }
    if Bool.random(using: &generator) {
      plan.calibration = CompressionPlan.Calibration(data: name(&generator), count: 3)
    }
    plan.defaults = rule(&generator)
    for _ in 0..<Int.random(in: 0...5, using: &generator) {
      plan.layers[name(&generator)] = rule(&generator)
    }
    if Bool.random(using: &generator) { plan.layers["re:a.*\\d+|\"x\""] = .leaveAlone }
    if Bool.random(using: &generator) { plan.layers["type:Conv"] = rule(&generator) }
    plan.pinned = (0..<Int.random(in: 0...2, using: &generator)).map { _ in name(&generator) }
    let values: [PlanValue] = [
      .integer(-3), .number(0.1 + 0.2), .number(1e-300), .number(3), .text("null"), .text("1"),
      .text(""), .flag(false), .none, .text("a: b # c\n\u{1F600}\u{7}"),
    ]
    for value in values where Bool.random(using: &generator) {
      plan.results[name(&generator)] = value
    }
    return plan
  }

  /// A setting that a plan can state.
  static func prune(_ generator: inout SeededGenerator) -> PruneSetting {
    let criteria = CriterionRegistry.standard.names
    var setting = PruneSetting(
      amount: Double.random(in: 0...1, using: &generator),
      criterion: criteria.randomElement(using: &generator) ?? "magnitude",
      scope: Bool.random(using: &generator) ? .layer : .global)
    if setting.criterion == "mixed" {
      setting.alpha = Double.random(in: 0...1, using: &generator)
    }
    if setting.scope == .global {
      setting.normalization = ScoreNormalization.allCases.randomElement(using: &generator) ?? .none
    }
    if Bool.random(using: &generator) {
      setting.measure = .percentile
      setting.amount = Double(Int.random(in: 0...1000, using: &generator)) / 10 / 100
    }
    switch Int.random(in: 0...4, using: &generator) {
    case 0: setting.pattern = .channel
    case 1: setting.pattern = .block(rows: 4, columns: Int.random(in: 1...4, using: &generator))
    case 2:
      let length = Int.random(in: 2...16, using: &generator)
      return PruneSetting(
        keep: Int.random(in: 1..<length, using: &generator), of: length, criterion: "wanda")
    case 3:
      return PruneSetting(
        amount: Double.random(in: 0...3, using: &generator), measure: .threshold)
    default: break
    }
    return setting
  }

  static func rule(_ generator: inout SeededGenerator) -> PlanRule {
    var rule = PlanRule()
    switch Int.random(in: 0...3, using: &generator) {
    case 0: rule.prune = .off
    case 1, 2:
      rule.prune = .set(prune(&generator))
    default: break
    }
    switch Int.random(in: 0...3, using: &generator) {
    case 0: rule.weights = .off
    case 1, 2:
      let bits = WeightQuantization.allowedBits.randomElement(using: &generator) ?? 8
      let granularities: [WeightQuantization.Granularity] = [
        .tensor, .channel, .group(Int.random(in: 16...256, using: &generator)),
      ]
      rule.weights = .set(
        WeightQuantization(
          bits: bits, scheme: Bool.random(using: &generator) ? .symmetric : .asymmetric,
          granularity: granularities.randomElement(using: &generator) ?? .channel))
    default: break
    }
    return rule
  }

  static func name(_ generator: inout SeededGenerator) -> String {
    let names = [
      "conv1", "layer1.0.conv1", "0.1", "null", "yes", "a b", "a: b", "#x", "Ünïcode", "模型", "-",
      "'q'", "\"q\"", "\\", "1e5", "a.b/c-d_e", "[x]", "*x", "&x", "~", "%", "é\u{301}",
      "a\u{FEFF}b",
      "tab\tbed", "line\nbreak", "\u{85}\u{2028}", "true", "=", "<<", "!tag", "a#b", "a:b",
    ]
    return (names.randomElement(using: &generator) ?? "x")
      + (Bool.random(using: &generator) ? "" : "\(Int.random(in: 0...9, using: &generator))")
  }
}
