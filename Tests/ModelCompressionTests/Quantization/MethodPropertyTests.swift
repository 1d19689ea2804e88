import ModelCompression
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// What holds for every scheme, range and method, also for those registered later.
@Suite struct MethodPropertyTests {
  /// Every setting that goes together, at few widths.
  static let settings: [WeightQuantization] = {
    var all: [WeightQuantization] = []
    for scheme in WeightQuantization.Scheme.allCases {
      let widths = SchemeRegistry.standard[scheme.rawValue]?.allowedBits ?? []
      for bits in widths where [1, 3, 8, 16].contains(bits) {
        for granularity in [.tensor, .channel, .group(16)]
          as [WeightQuantization.Granularity]
        {
          for range in RangeRegistry.standard.names {
            for method in RoundingRegistry.standard.names {
              var choice = NamedChoice(method)
              if method == "adaround" { choice.options = ["iterations": .integer(5)] }
              let setting = WeightQuantization(
                bits: bits, scheme: scheme, granularity: granularity, range: NamedChoice(range),
                method: choice)
              // Entropy takes long to find for many scales, and is the same rule for each.
              if range == "entropy", granularity != .tensor { continue }
              if (try? setting.check()) != nil { all.append(setting) }
            }
          }
        }
      }
    }
    return all
  }()

  static let prunings = [
    PruneSetting(amount: 0.5), PruneSetting(amount: 0.5, criterion: "sparsegpt"),
    PruneSetting(amount: 0.3, refit: true),
    PruneSetting(keep: 2, of: 4, criterion: "sparsegpt"),
  ]

  @Test func zerosAreKept() throws {
    #expect(Self.settings.count > 150)
    let samples = SampleLayers.all(seed: 3)
    for (index, weights) in Self.settings.enumerated() {
      let sample = samples[index % samples.count]
      let prune = Self.prunings[index % Self.prunings.count]
      let pruned = try sample.made(LayerSetting(prune: prune)).dequantized.floats
      let made = try sample.made(LayerSetting(prune: prune, weights: weights))
      let values = made.dequantized.floats
      for (before, after) in zip(pruned, values) where before == 0 {
        #expect(after == 0, "\(weights) \(prune)")
      }
      #expect(values.allSatisfy { $0.isFinite })
      #expect(made.zeroCount == values.filter { $0 == 0 }.count)
      #expect(made.prunedCount >= pruned.filter { $0 == 0 }.count - 1)
    }
  }

  /// The same setting twice gives the same bits; an original zero stays zero, too.
  @Test func resultsAreDetermined() throws {
    let samples = SampleLayers.all(seed: 4)
    for (index, weights) in Self.settings.enumerated() where index % 3 == 0 {
      var sample = samples[index / 3 % samples.count]
      var values = sample.weights.floats
      for place in stride(from: 0, to: values.count, by: 7) { values[place] = 0 }
      sample.weights = Tensor(sample.layer.shape, values)
      let first = try sample.made(LayerSetting(weights: weights))
      let second = try sample.made(LayerSetting(weights: weights))
      #expect(first.dequantized.floats == second.dequantized.floats, "\(weights)")
      for place in stride(from: 0, to: values.count, by: 7) {
        #expect(first.dequantized.floats[place] == 0, "\(weights)")
      }
    }
  }

  /// Quantizing what was quantized changes nothing, for schemes whose numbers come back.
  @Test func nearestNumbersStay() throws {
    for sample in SampleLayers.all(seed: 5) {
      for weights in Self.settings
      where weights.method == "nearest" && weights.range == "minmax"
        && weights.scheme != .asymmetric
      {
        let first = try sample.made(LayerSetting(weights: weights))
        var again = sample
        again.weights = first.dequantized
        let second = try again.made(LayerSetting(weights: weights))
        let largest = first.dequantized.floats.map(\.magnitude).max() ?? 0
        for (a, b) in zip(first.dequantized.floats, second.dequantized.floats) {
          #expect(abs(a - b) <= largest * 1e-6, "\(weights)")
        }
      }
    }
  }

  /// What sizes are made of is what compressing gives.
  @Test func measuresAgree() throws {
    let sample = SampleLayers.all(seed: 6)[0]
    let compressor = try PlanCompressor(layers: [sample.layer], weights: [sample.weights])
    for weights in Self.settings
    where RoundingRegistry.standard[weights.method]?.needs.isEmpty == true {
      let setting = EffectiveSetting(
        LayerSetting(prune: PruneSetting(amount: 0.4), weights: weights), seed: 9)
      let made = try compressor.compress(0, setting)
      let measure = try compressor.measure(0, setting)
      #expect(measure.size == made.size, "\(weights)")
      #expect(measure.zeroCount == made.zeroCount, "\(weights)")
    }
  }

  @Test func slowWorkStops() throws {
    let sample = SampleLayers.all(seed: 6)[0]
    let compressor = try PlanCompressor(layers: [sample.layer], weights: [sample.weights])
      .calibrated(by: OneLayerCalibration(statistics: sample.statistics))
    for method in RoundingRegistry.standard.names {
      let setting = EffectiveSetting(
        LayerSetting(weights: WeightQuantization(bits: 4, method: NamedChoice(method))))
      var asked = 0
      #expect(throws: CancellationError.self, "\(method)") {
        try compressor.compress(
          0, setting,
          isCancelled: {
            asked += 1
            return asked > 1
          })
      }
    }
  }

  /// Statistics that are there.
  struct OneLayerCalibration: CalibrationSource {
    let statistics: LayerStatistics

    func statistics(
      ofLayer layer: Int, needs: Set<StatisticsNeed>, isCancelled: () -> Bool
    ) throws -> LayerStatistics { statistics }
  }

  @Test func progressIsTold() throws {
    let sample = SampleLayers.all(seed: 6)[0]
    let compressor = try PlanCompressor(layers: [sample.layer], weights: [sample.weights])
      .calibrated(by: OneLayerCalibration(statistics: sample.statistics))
    let setting = EffectiveSetting(
      LayerSetting(
        weights: WeightQuantization(
          bits: 4, method: NamedChoice("adaround", options: ["iterations": .integer(50)]))))
    var told: [Double] = []
    _ = try compressor.compress(0, setting, isCancelled: { false }, progress: { told.append($0) })
    #expect(told.count >= 5)
    #expect(told == told.sorted())
    #expect(told.last == 1)
  }

  @Test func methodsWithoutCalibrationSaySo() throws {
    let sample = SampleLayers.all(seed: 6)[0]
    for setting in [
      LayerSetting(weights: WeightQuantization(bits: 4, method: "gptq")),
      LayerSetting(prune: PruneSetting(amount: 0.5, criterion: "sparsegpt")),
      LayerSetting(prune: PruneSetting(amount: 0.5, refit: true)),
    ] {
      let error = #expect(throws: EngineError.self) {
        try LayerCompressor.compress(
          layer: sample.layer, weights: sample.weights, setting: setting)
      }
      #expect(error?.subject == "calibration")
    }
  }
}
