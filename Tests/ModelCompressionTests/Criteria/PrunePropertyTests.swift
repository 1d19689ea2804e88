import ModelCompression
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// What holds for every criterion and pattern, whatever the layer: as many zeros as the setting says, in
/// the shape it says, kept through quantization, and the same for the same seed.
@Suite struct PrunePropertyTests {
  struct Shape: Sendable {
    let op: String
    let shape: [Int]
    let outputAxis: Int
    let inputAxis: Int
    var group = 1

    var layer: CompressibleLayer {
      CompressibleLayer(
        name: "layer", weight: "w", nodes: [0], op: op, shape: shape, outputAxis: outputAxis,
        inputAxis: inputAxis, group: group)
    }
  }

  static let shapes = [
    Shape(op: "Conv", shape: [10, 3, 3, 3], outputAxis: 0, inputAxis: 1),
    Shape(op: "Conv", shape: [8, 2, 5], outputAxis: 0, inputAxis: 1, group: 4),
    Shape(op: "ConvTranspose", shape: [6, 5, 2, 3], outputAxis: 1, inputAxis: 0),
    Shape(op: "ConvTranspose", shape: [6, 4, 2, 2], outputAxis: 1, inputAxis: 0, group: 3),
    Shape(op: "Gemm", shape: [7, 13], outputAxis: 0, inputAxis: 1),
    Shape(op: "MatMul", shape: [13, 7], outputAxis: 1, inputAxis: 0),
  ]

  /// Weights that are not zero, and all that criteria ask for.
  static func compressor(_ shape: Shape) throws -> PlanCompressor {
    let layer = shape.layer
    var generator = SeededGenerator(seed: UInt64(layer.parameters))
    let weights = (0..<layer.parameters).map { _ in
      Float.random(in: 0.1...1, using: &generator) * (Bool.random(using: &generator) ? 1 : -1)
    }
    let gamma = (0..<WeightRows(layer).rows).map { _ in Float.random(in: -1...1, using: &generator)
    }
    return try PlanCompressor(
      layers: [layer], weights: [Tensor(layer.shape, weights)], batchNormScales: ["layer": gamma]
    ).calibrated(by: PruneJudgeTests.MadeUpCalibration(layers: [layer]))
  }

  /// Those that need no products of inputs, which are not made up here.
  static let criteria = CriterionRegistry.standard.names.filter {
    CriterionRegistry.standard[$0]?.needs.contains(.inputProducts) == false
  }

  /// How many weights a setting takes, by its definition.
  static func expected(_ setting: PruneSetting, _ layer: CompressibleLayer) -> Int? {
    let rows = WeightRows(layer)
    func rounded(_ count: Int) -> Int {
      Int((setting.amount * Double(count)).rounded(.toNearestOrEven))
    }
    switch setting.pattern {
    case .unstructured:
      return setting.criterion == "wanda"
        ? rows.rows * rounded(rows.columns) : rounded(layer.parameters)
    case .keep(let keep, let length):
      let rest = rows.columns % length
      return rows.rows * (rows.columns / length * (length - keep) + max(rest - keep, 0))
    case .channel: return rounded(rows.rows) * rows.columns
    // Blocks at the edges are smaller, so the number of weights depends on which go.
    case .block: return nil
    }
  }

  @Test(arguments: shapes.indices, criteria)
  func zerosAreWhatTheSettingSays(shape: Int, criterion: String) throws {
    let compressor = try Self.compressor(Self.shapes[shape])
    let layer = compressor.layers[0]
    let rows = WeightRows(layer)
    var settings = [0, 0.3, 0.5, 1].flatMap { amount in
      [
        PruneSetting(amount: amount, criterion: criterion),
        PruneSetting(amount: amount, criterion: criterion, pattern: .channel),
        PruneSetting(
          amount: amount, criterion: criterion, pattern: .block(rows: 2, columns: 3)),
      ]
    }
    settings += [(2, 4), (1, 5)].map { keep, length in
      PruneSetting(keep: keep, of: length, criterion: criterion)
    }
    for setting in settings {
      let effective = EffectiveSetting(LayerSetting(prune: setting), seed: 3)
      let made = try compressor.compress(0, effective)
      let zeros = made.dequantized.floats.map { $0 == 0 }
      #expect(made.zeroCount == zeros.count { $0 }, "\(setting)")
      #expect(made.prunedCount == made.zeroCount, "\(setting)")
      if let expected = Self.expected(setting, layer) {
        #expect(made.prunedCount == expected, "\(setting)")
      }
      let measure = try compressor.measure(0, effective)
      #expect(measure.prunedCount == made.prunedCount, "\(setting)")
      #expect(made.isUntouched || measure.zeroCount == made.zeroCount, "\(setting)")
      #expect(measure.size == made.size, "\(setting)")
      #expect(try compressor.compress(0, effective).dequantized.floats == made.dequantized.floats)
      if case .keep(let keep, let length) = setting.pattern {
        for row in 0..<rows.rows {
          for start in stride(from: 0, to: rows.columns, by: length) {
            let run = start..<min(start + length, rows.columns)
            let kept = run.count { !zeros[rows.index(row: row, column: $0)] }
            #expect(kept == min(keep, run.count), "\(setting)")
          }
        }
      }
      // Zeros survive what comes after them.
      for scheme in [WeightQuantization.Scheme.symmetric, .asymmetric] {
        let quantized = try compressor.compress(
          0,
          EffectiveSetting(
            LayerSetting(
              prune: setting, weights: WeightQuantization(bits: 3, scheme: scheme)), seed: 3))
        let after = quantized.dequantized.floats
        #expect(zip(zeros, after).allSatisfy { !$0 || $1 == 0 }, "\(setting)")
      }
    }
  }

  @Test func randomPruningFollowsSeedAndName() throws {
    let layers = ["a", "b"].map { name in
      CompressibleLayer(
        name: name, weight: name, nodes: [0], op: "Gemm", shape: [20, 20], outputAxis: 0,
        inputAxis: 1)
    }
    let compressor = try PlanCompressor(
      layers: layers, weights: layers.map { Tensor.filled($0.shape, with: Float(1)) })
    let settings = layers.map { _ in
      LayerSetting(prune: PruneSetting(amount: 0.5, criterion: "random"))
    }
    func zeros(_ seed: Int) throws -> [[Float]] {
      try zip(layers.indices, compressor.effectiveSettings(settings, seed: seed)).map {
        try compressor.compress($0, $1).dequantized.floats
      }
    }
    let (first, again, other) = (try zeros(1), try zeros(1), try zeros(2))
    #expect(first == again)
    #expect(first[0] != first[1])
    #expect(first[0] != other[0])
  }

  /// Global ranking under every criterion takes the share of all, and a knob moves N:M step by step.
  @Test(arguments: criteria) func globalRankingTakesItsShare(criterion: String) throws {
    let parts = try Self.shapes.map { try Self.compressor($0) }
    let layers = parts.enumerated().map { index, part in
      let layer = part.layers[0]
      return CompressibleLayer(
        name: "\(index)", weight: layer.weight, nodes: [index], op: layer.op, shape: layer.shape,
        outputAxis: layer.outputAxis, inputAxis: layer.inputAxis, group: layer.group)
    }
    let scales = Dictionary(
      uniqueKeysWithValues: zip(layers, parts).map { layer, part in
        (layer.name, part.prepared[0].batchNormScale ?? [])
      })
    let compressor = try PlanCompressor(
      layers: layers, weights: parts.map { $0.weights[0] }, batchNormScales: scales
    ).calibrated(by: PruneJudgeTests.MadeUpCalibration(layers: layers))
    let total = layers.reduce(0) { $0 + $1.parameters }
    for normalization in ScoreNormalization.allCases {
      let prune = PruneSetting(
        amount: 0.4, criterion: criterion, scope: .global, normalization: normalization)
      let made = try compressor.compress(layers.map { _ in LayerSetting(prune: prune) })
      #expect(
        made.reduce(0) { $0 + $1.prunedCount }
          == PruneMask.prunedCount(amount: 0.4, of: total), "\(normalization)")
    }
  }

  @Test func turningAKnobMovesRuns() {
    let start = PruneSetting(keep: 2, of: 4)
    #expect(start.turned(to: 0.55).pattern == .keep(1, of: 4))
    #expect(start.turned(to: 0.45).pattern == .keep(3, of: 4))
    #expect(start.turned(to: 1).pattern == .keep(1, of: 4))
    #expect(start.turned(to: 0.5) == start)
    #expect(start.turned(to: 0) == PruneSetting(amount: 0))
    #expect(PruneSetting(amount: 0.5, measure: .threshold).turned(to: 0.6).measure == .amount)
  }
}
