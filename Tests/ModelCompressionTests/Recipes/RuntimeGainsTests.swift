import ModelCompression
import NetworkGraph
import Testing

/// The lines on what runs faster where.
@Suite struct RuntimeGainsTests {
  @Test func everyFormHasAnEntryWithASourceInEveryRuntime() {
    for form in CompressionForm.allCases {
      for runtime in InferenceRuntime.allCases {
        for layer in RecipeFixtures.layers() {
          let entry = RuntimeGains.entry(form, in: runtime, layer: layer)
          #expect(entry != nil, "\(form) in \(runtime.rawValue) for \(layer.op)")
          #expect(!(entry?.source.isEmpty ?? true))
        }
      }
    }
  }

  static let prunes: [PruningForm?] = [
    nil, PruningForm(amount: 0.6), PruningForm(amount: 0.5, pattern: .keep(2, of: 4)),
    PruningForm(amount: 0.75, pattern: .keep(1, of: 4)),
    PruningForm(amount: 0.95, criterion: "geometric-median", pattern: .block([16, 16])),
    PruningForm(amount: 0.3, pattern: .channel),
  ]
  static let weights: [WeightForm?] = [
    nil, WeightForm(bits: 8), WeightForm(bits: 8, scheme: "asymmetric"), WeightForm(bits: 4),
    WeightForm(bits: 3, scheme: "asymmetric", granularity: .group(128)),
    WeightForm(bits: 4, scheme: "palette"), WeightForm(bits: 8, scheme: "fp8-e4m3"),
    WeightForm(bits: 16, scheme: "bfloat16"), WeightForm(bits: 16, scheme: "asymmetric"),
  ]

  @Test func everyLineFitsAndNamesWhatItIsAbout() {
    for prune in Self.prunes {
      for weights in Self.weights {
        for activations in [nil, ActivationForm(), ActivationForm(mode: "dynamic")] {
          for layer in RecipeFixtures.layers().map(Optional.some) + [nil] {
            let line = RuntimeGains.line(
              for: SettingForm(prune: prune, weights: weights, activations: activations),
              layer: layer)
            #expect(!line.isEmpty && line.count <= RuntimeGains.longestLine, "\(line)")
          }
        }
      }
    }
  }

  @Test func linesSayWhatTheIssueAsksFor() {
    let layers = RecipeFixtures.layers()
    #expect(
      RuntimeGains.line(for: LayerSetting(prune: PruneSetting(amount: 0.6)), layer: layers[0])
        .hasPrefix("unstructured 60 %: smaller when compressed, no faster in ONNX Runtime"))
    #expect(
      RuntimeGains.lineForRemovedChannels(multiplyAdds: 143, after: 100)
        == "channels removed: 1.43x fewer multiply-adds, faster in every runtime")
    #expect(RuntimeGains.line(for: LayerSetting()) == "unchanged: as fast as the original")
    let matrix = RuntimeGains.line(
      for: SettingForm(weights: WeightForm(bits: 4, granularity: .group(32))), layer: layers[2])
    #expect(matrix.contains("faster in ONNX Runtime (in groups, as MatMulNBits)"))
    let convolution = RuntimeGains.line(
      for: SettingForm(weights: WeightForm(bits: 4)), layer: layers[0])
    #expect(convolution.contains("no faster in ONNX Runtime"))
    let both = RuntimeGains.line(
      for: SettingForm(prune: PruningForm(amount: 0.6), weights: WeightForm(bits: 8)),
      layer: layers[0])
    #expect(both.contains("unstructured 60 %") && both.contains("8-bit symmetric weights"))
  }

  @Test func thePlansFirstLineIsAboutMostWeights() {
    let layers = RecipeFixtures.layers()
    var settings = layers.map { _ in LayerSetting(weights: WeightQuantization(bits: 8)) }
    settings[0] = LayerSetting(prune: PruneSetting(amount: 0.5))
    let lines = RuntimeGains.lines(for: settings, layers: layers)
    #expect(lines.first?.hasPrefix("8-bit symmetric weights") ?? false)
    #expect(lines.last?.hasPrefix("unstructured 50 %") ?? false)
  }
}
