import ModelCompression
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// The fast selection, counting and quantization against a plain one, on random tensors full of ties,
/// zeros and extremes.
@Suite struct PlainAgreementTests {
  /// Kinds of weights that selection finds hard.
  enum Kind: CaseIterable {
    case normal, ties, mostlyZero, allEqual, tiny, huge
  }

  static func weights(
    _ kind: Kind, count: Int, using generator: inout SeededGenerator
  ) -> [Float] {
    (0..<count).map { _ in
      let sum = (0..<4).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: -1...1, using: &generator)
      }
      return switch kind {
      case .normal: sum * 0.1
      case .ties: (sum * 4).rounded() / 8
      case .mostlyZero: Bool.random(using: &generator) || sum < 0.5 ? (sum < 0 ? -0.0 : 0) : sum
      case .allEqual: sum < 0 ? -0.25 : 0.25
      case .tiny: sum * .leastNormalMagnitude
      case .huge: sum * 1e37
      }
    }
  }

  static func shape(using generator: inout SeededGenerator) -> [Int] {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: [Int.random(in: 1...70, using: &generator), Int.random(in: 1...900, using: &generator)]
    case 1:
      [
        Int.random(in: 1...40, using: &generator), Int.random(in: 1...60, using: &generator), 3, 3,
      ]
    // Beyond a block, and beyond the size from which tables are kept.
    case 2: [Int.random(in: 30...60, using: &generator), 1100]
    default: [Int.random(in: 1...9, using: &generator), 1, 5, 5]
    }
  }

  static func layer(_ shape: [Int], isTransposed: Bool) -> CompressibleLayer {
    CompressibleLayer(
      name: "layer", weight: "layer.weight", nodes: [0], op: shape.count == 2 ? "MatMul" : "Conv",
      shape: shape, outputAxis: isTransposed ? 1 : 0, inputAxis: isTransposed ? 0 : 1)
  }

  /// The weights at a place that is not aligned, as they lie in most files.
  static func unaligned(_ shape: [Int], _ values: [Float]) -> Tensor {
    let storage = TensorStorage(byteCount: values.count * 4 + 1) { bytes in
      values.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: bytes[1...]).copyMemory(from: $0)
      }
    }
    return Tensor(type: .float32, shape: shape, storage: storage, byteOffset: 1)
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func agrees(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let shape = Self.shape(using: &generator)
    let layer = Self.layer(shape, isTransposed: shape.count == 2 && seed % 3 == 0)
    let kind = Kind.allCases[Int(seed) % Kind.allCases.count]
    let values = Self.weights(kind, count: layer.parameters, using: &generator)
    let tensor = Self.unaligned(shape, values)
    let compressor = try PlanCompressor(layers: [layer], weights: [tensor])
    for _ in 0..<6 {
      let setting = Self.setting(using: &generator)
      let made = try compressor.compress(0, EffectiveSetting(setting))
      let count =
        setting.prune.map { PruneMask.prunedCount(amount: $0.amount, of: values.count) } ?? 0
      var plain = PlainWeights(values, prunedCount: count)
      if let weights = setting.weights {
        let layout = PlainWeights.scales(weights.granularity, layer)
        plain.quantize(
          bits: weights.bits, scheme: weights.scheme, scaleCount: layout.count,
          scaleOf: layout.scaleOf)
        #expect(made.codes?.integers == plain.codes, "seed \(seed) \(kind) \(setting)")
        #expect(made.scales?.floats == plain.scales, "seed \(seed) \(kind) \(setting)")
        if weights.scheme == .asymmetric {
          #expect(made.zeroPoints?.integers == plain.zeroPoints, "seed \(seed) \(setting)")
        }
      }
      #expect(made.dequantized.floats == plain.values, "seed \(seed) \(kind) \(setting)")
      #expect(made.prunedCount == count)
      #expect(made.zeroCount == plain.zeroCount, "seed \(seed) \(kind) \(setting)")
      // Sizes are counted without making the weights.
      let measure = try compressor.measure(0, EffectiveSetting(setting))
      #expect(measure.zeroCount == plain.zeroCount, "seed \(seed) \(kind) \(setting)")
      #expect(measure.size == made.size, "seed \(seed) \(kind) \(setting)")
      #expect(measure.isUntouched == made.isUntouched)
    }
  }

  static func setting(using generator: inout SeededGenerator) -> LayerSetting {
    let amounts = [0, 0.003, 0.25, 0.5, 0.9, 1, Double.random(in: 0...1, using: &generator)]
    let granularities: [WeightQuantization.Granularity] = [.tensor, .channel, .group(32)]
    let prune = PruneSetting(amount: amounts[Int.random(in: 0..<7, using: &generator)])
    let weights = WeightQuantization(
      bits: WeightQuantization.allowedBits[
        Int.random(in: 0..<WeightQuantization.allowedBits.count, using: &generator)],
      scheme: Bool.random(using: &generator) ? .symmetric : .asymmetric,
      granularity: granularities[Int.random(in: 0..<3, using: &generator)])
    return switch Int.random(in: 0..<3, using: &generator) {
    case 0: LayerSetting(prune: prune)
    case 1: LayerSetting(weights: weights)
    default: LayerSetting(prune: prune, weights: weights)
    }
  }

  /// One ranking over several layers: ties by layer, then by index.
  @Test(arguments: 101...110 as ClosedRange<UInt64>)
  func poolsAgree(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let kind = Kind.allCases[Int(seed) % Kind.allCases.count]
    let layers = (0..<3).map { _ in Self.layer(Self.shape(using: &generator), isTransposed: false) }
    let values = layers.map {
      Self.weights(kind, count: $0.parameters, using: &generator)
    }
    let compressor = try PlanCompressor(
      layers: layers, weights: zip(layers, values).map { Tensor($0.shape, $1) })
    let all = values.flatMap { $0 }
    for amount in [0.1, 0.5, 0.77, 1] {
      for measure in [PruneSetting.Measure.amount, .percentile] {
        let prune = PruneSetting(amount: amount, measure: measure, scope: .global)
        let made = try compressor.compress(layers.map { _ in LayerSetting(prune: prune) })
        let counts =
          switch measure {
          case .amount, .threshold:
            PruneMask.prunedCounts(amount: amount, pooling: values.map { $0.map(\.magnitude) })
          case .percentile:
            PruneMask.prunedCounts(
              belowQuantile: amount, pooling: values.map { $0.map(\.magnitude) })
          }
        #expect(made.map(\.prunedCount) == counts, "seed \(seed) \(kind) \(prune)")
        let plain = PlainWeights(all, prunedCount: counts.reduce(0, +))
        #expect(made.flatMap(\.dequantized.floats) == plain.values, "seed \(seed) \(kind)")
      }
    }
  }

  @Test func nonFiniteWeightsAreNamed() throws {
    var values = [Float](repeating: 0.5, count: 40_000)
    values[33_333] = -.infinity
    let layer = Self.layer([40, 1000], isTransposed: false)
    let compressor = try PlanCompressor(layers: [layer], weights: [Tensor([40, 1000], values)])
    let setting = EffectiveSetting(LayerSetting(weights: WeightQuantization(bits: 8)))
    let error = #expect(throws: EngineError.self) { try compressor.measure(0, setting) }
    #expect(error?.code == .notFinite)
    #expect(error?.problem == "weight 33333 is -inf")
    // Left alone, a layer may hold anything.
    #expect(try compressor.measure(0, EffectiveSetting(LayerSetting())).isUntouched)
  }

  @Test func cancellingEndsTheWork() throws {
    let layer = Self.layer([64, 1024], isTransposed: false)
    let compressor = try PlanCompressor(
      layers: [layer], weights: [Tensor.filled([64, 1024], with: Float(1))])
    let setting = EffectiveSetting(LayerSetting(weights: WeightQuantization(bits: 8)))
    #expect(throws: CancellationError.self) {
      try compressor.measure(0, setting, isCancelled: { true })
    }
    #expect(throws: CancellationError.self) {
      try compressor.compress(0, setting, isCancelled: { true })
    }
    #expect(try compressor.measure(0, setting).zeroCount == 0)
  }
}
