import ModelCompression
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// One layer's result: values by hand, and what holds for all settings.
@Suite struct LayerCompressorTests {
  static func layer(
    _ shape: [Int], op: String = "Conv", output: Int = 0, input: Int = 1, group: Int = 1
  ) -> CompressibleLayer {
    CompressibleLayer(
      name: "layer", weight: "w", nodes: [0], op: op, shape: shape, outputAxis: output,
      inputAxis: input, group: group)
  }

  static func compress(
    _ values: [Float], _ shape: [Int], _ setting: LayerSetting
  ) throws -> CompressedWeights {
    try LayerCompressor.compress(
      layer: layer(shape, op: "Gemm"), weights: Tensor(shape, values), setting: setting)
  }

  @Test func symmetricByHand() throws {
    let values: [Float] = [7, -3.5, 0.5, 1.5, 0, 0, 0, -0.0]
    let made = try Self.compress(
      values, [2, 4], LayerSetting(weights: WeightQuantization(bits: 4)))
    // Scale 7 / 7 = 1; halves go to the even neighbour; a row of zeros has scale 1.
    #expect(made.codes?.integers == [7, -4, 0, 2, 0, 0, 0, 0])
    #expect(made.scales?.floats == [1, 1])
    #expect(made.zeroPoints == nil)
    #expect(made.dequantized.floats == [7, -4, 0, 2, 0, 0, 0, 0])
    #expect(made.zeroCount == 5)
    #expect(made.levels.isEmpty)
  }

  @Test func asymmetricByHand() throws {
    let made = try Self.compress(
      [-1, 2, 0, 0.5], [2, 2],
      LayerSetting(
        weights: WeightQuantization(bits: 2, scheme: .asymmetric, granularity: .tensor)))
    // Range -1...2, scale 1, zero point 1; 0.5 / 1 rounds to 0.
    #expect(made.codes?.integers == [0, 3, 1, 1])
    #expect(made.zeroPoints?.integers == [1])
    #expect(made.zeroPoints?.shape == [])
    #expect(made.dequantized.floats == [-1, 2, 0, 0])
    #expect(made.levels == [-1, 0, 1, 2])
  }

  @Test func rangesHoldZero() throws {
    let made = try Self.compress(
      [3, 6, 9, 12], [1, 4],
      LayerSetting(weights: WeightQuantization(bits: 2, scheme: .asymmetric)))
    #expect(made.zeroPoints?.integers == [0])
    #expect(made.dequantized.floats == [4, 8, 8, 12])
  }

  @Test func twoBitsAreThreeLevels() throws {
    let made = try Self.compress(
      [1, -1, 0.5, 0.51], [1, 4],
      LayerSetting(weights: WeightQuantization(bits: 2, granularity: .tensor)))
    #expect(made.codes?.integers == [1, -1, 0, 1])
    #expect(made.levels == [-1, 0, 1])
  }

  @Test func groupsRunAlongTheInputAxis() throws {
    let values = (0..<40).map { Float($0) }
    let made = try LayerCompressor.compress(
      layer: Self.layer([20, 2], op: "MatMul", output: 1, input: 0),
      weights: Tensor([20, 2], values),
      setting: LayerSetting(weights: WeightQuantization(bits: 8, granularity: .group(16))))
    #expect(made.scales?.shape == [2, 2])
    let expected: [Float] = [30, 31, 38, 39].map { $0 / 127 }
    #expect(made.scales?.floats == expected)
  }

  @Test func channelsOfGroupedTransposedConvolutions() throws {
    // Two groups of two inputs and one output: rows 0 and 1 share a scale, rows 2 and 3 another.
    let made = try LayerCompressor.compress(
      layer: Self.layer([4, 1, 1, 2], op: "ConvTranspose", output: 1, input: 0, group: 2),
      weights: Tensor([4, 1, 1, 2], [1, 2, 3, 127, -1, -2, -254, 4] as [Float]),
      setting: LayerSetting(weights: WeightQuantization(bits: 8)))
    #expect(made.scales?.floats == [1, 2])
    #expect(made.codes?.integers == [1, 2, 3, 127, 0, -1, -127, 2])
  }

  @Test func sizesByHand() throws {
    let values = (0..<32).map { $0 < 24 ? Float(0) : Float($0) }
    let made = try Self.compress(
      values, [4, 8], LayerSetting(weights: WeightQuantization(bits: 4)))
    #expect(made.size.original == 128)
    #expect(made.size.packed == 16 + 16)
    #expect(made.size.bitmask == 4 + 4 + 16)
    #expect(made.size.compressedRow == 12 + 20 + 16)
    #expect(made.storedBytes == 24)
    #expect(made.size.bestStorage == .bitmask)
    let wide = try Self.compress(
      values, [4, 8], LayerSetting(weights: WeightQuantization(bits: 3, scheme: .asymmetric)))
    #expect(wide.size.packed == 12 + 16 + 2)
    let untouched = try Self.compress(values, [4, 8], LayerSetting())
    #expect(untouched.storedBytes == 128)
    #expect(untouched.isUntouched)
    let pruned = try Self.compress(values, [4, 8], LayerSetting(prune: PruneSetting(amount: 0.5)))
    #expect(pruned.prunedCount == 16)
    #expect(pruned.storedBytes == 4 + 32)
  }

  @Test func noiseInDecibels() throws {
    let values: [Float] = [3, 4]
    let made = try Self.compress(values, [1, 2], LayerSetting(prune: PruneSetting(amount: 0.5)))
    // 10 log10(25 / 9)
    #expect(abs(made.signalToNoise(original: Tensor([1, 2], values)) - 4.436974992) < 1e-8)
    let same = try Self.compress(values, [1, 2], LayerSetting())
    #expect(same.signalToNoise(original: Tensor([1, 2], values)) == .infinity)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func numbersHaveToBeFinite(value: Float) throws {
    let weights: [Float] = [1, 2, value, 4]
    for setting in [
      LayerSetting(prune: PruneSetting(amount: 0.5)),
      LayerSetting(weights: WeightQuantization(bits: 8)),
    ] {
      let error = try #require(throws: EngineError.self) {
        _ = try Self.compress(weights, [2, 2], setting)
      }
      #expect(error.code == .notFinite)
      #expect(error.subject == "layer 'layer'")
      #expect(error.problem.contains("weight 2"))
    }
    // A layer that is left alone may hold anything.
    #expect(try Self.compress(weights, [2, 2], LayerSetting()).isUntouched)
  }

  @Test(arguments: [
    LayerSetting(prune: PruneSetting(amount: 1.5)),
    LayerSetting(prune: PruneSetting(amount: .nan)),
    LayerSetting(prune: PruneSetting(amount: 0.5, criterion: "none such")),
    LayerSetting(weights: WeightQuantization(bits: 9)),
    LayerSetting(weights: WeightQuantization(bits: 8, granularity: .group(3))),
  ])
  func settingsOutOfRangeAreRefused(setting: LayerSetting) {
    #expect(throws: EngineError.self) { _ = try Self.compress([1, 2], [1, 2], setting) }
  }

  @Test func codesOfHugeWeightsAreRefused() throws {
    let huge: [Float] = [-3e38, 3e38]
    let error = try #require(throws: EngineError.self) {
      _ = try Self.compress(
        huge, [1, 2], LayerSetting(weights: WeightQuantization(bits: 2, scheme: .asymmetric)))
    }
    #expect(error.code == .notFinite)
  }

  @Test func otherWeightsAreRefused() {
    #expect(throws: EngineError.self) {
      _ = try LayerCompressor.compress(
        layer: Self.layer([2, 3]), weights: Tensor([3, 2], [Float](repeating: 1, count: 6)),
        setting: LayerSetting())
    }
  }

  @Test(arguments: [21, 22] as [UInt64])
  func whatHoldsForAllSettings(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let shape = [6, 5, 3, 2]
    let extremes: [Float] = [1, 1e-20, 0x1p-140, 1e37, .leastNonzeroMagnitude]
    for setting in NumpyAgreementTests.settings {
      let scale = extremes.randomElement(using: &generator) ?? 1
      let values = (0..<180).map { _ in Float.random(in: -1...1, using: &generator) * scale }
      let layer = Self.layer(shape)
      let made = try LayerCompressor.compress(
        layer: layer, weights: Tensor(shape, values), setting: setting)
      let after = made.dequantized.floats
      let label: Comment = "seed \(seed), \(setting), scale \(scale)"
      #expect(after.allSatisfy { $0.isFinite }, label)
      #expect(made.zeroCount == after.count { $0 == 0 }, label)
      if setting.prune?.measure == .amount {
        #expect(
          made.prunedCount == PruneMask.prunedCount(amount: setting.prune?.amount ?? 0, of: 180))
        let order = values.indices.sorted { (abs(values[$0]), $0) < (abs(values[$1]), $1) }
        #expect(order.prefix(made.prunedCount).allSatisfy { after[$0] == 0 }, label)
      }
      guard let weights = setting.weights, let codes = made.codes?.integers else { continue }
      let range =
        weights.scheme == .symmetric
        ? -((1 << (weights.bits - 1)) - 1)...((1 << (weights.bits - 1)) - 1)
        : 0...((1 << weights.bits) - 1)
      #expect(codes.allSatisfy { range.contains($0) }, label)
      if weights.scheme == .symmetric, scale > 1e-30 {
        // The largest weight of every scale has the largest code, so nothing moves any more.
        let again = try LayerCompressor.compress(
          layer: layer, weights: made.dequantized, setting: LayerSetting(weights: weights))
        #expect(again.codes?.integers == codes, label)
      }
    }
  }
}
