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
        scheme == .symmetric
          ? "codes on both sides of 0, no zero point" : "a range with a zero point"
      }),
    .weights(
      "granularity", "scales", \.granularity,
      choices: { _ in [.tensor, .channel, .group(128), .group(64), .group(32)] },
      text: { $0.title }, note: { _ in "which weights share a scale: more scales, less error" }),
  ]
}
