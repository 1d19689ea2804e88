import ModelCompression

extension SettingField {
  /// What decides how weights are stored.
  static let weightFields: [SettingField] = [
    SettingField(
      "bits", .weights, "bits", text: { state in state.firstTarget.map(\.bitsText) },
      note: { state in
        state.firstQuantization == nil
          ? "32-bit floats: left makes them fewer" : "bits of one weight"
      },
      step: { state, steps in state.nudgeBits(steps) }),
    .weights(
      "scheme", "scheme", \.scheme, choices: { _ in WeightQuantization.Scheme.allCases },
      text: { $0.rawValue },
      note: { scheme in
        SchemeRegistry.standard[scheme.rawValue]?.summary ?? ""
      }),
    .weights(
      "granularity", "scales", \.granularity,
      choices: { _ in [.tensor, .channel, .group(128), .group(64), .group(32), .group(16)] },
      text: { $0.title }, note: { _ in "which weights share a scale: more scales, less error" }),
    .weights(
      "range", "range", \.range,
      choices: { setting in
        RangeRegistry.standard.names.map { NamedChoice($0) }.filter { choice in
          setting.accepts { $0.range = choice }
        }
      },
      text: { $0.text }, note: { RangeRegistry.standard[$0.name]?.summary ?? "" }),
    .weights(
      "method", "method", \.method,
      choices: { setting in
        RoundingRegistry.standard.names.map { NamedChoice($0) }.filter { choice in
          setting.accepts { $0.method = choice }
        }
      },
      text: { $0.text },
      note: { RoundingRegistry.standard[$0.name]?.summary ?? "" }),
  ]
}
