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
      text: { $0.rawValue }, note: { _ in "which codes stand for which numbers" }),
    .weights(
      "granularity", "scales", \.granularity,
      choices: { _ in [.tensor, .channel, .group(128), .group(64), .group(32), .group(16)] },
      text: { $0.title }, note: { _ in "which weights share a scale: more scales, less error" }),
    .weights(
      "range", "range", \.range,
      choices: { _ in RangeRegistry.standard.names.map { NamedChoice($0) } }, text: { $0.name },
      note: { _ in "which numbers the codes cover: all, or fewer and these finer" }),
    .weights(
      "method", "rounding", \.method,
      choices: { _ in RoundingRegistry.standard.names.map { NamedChoice($0) } }, text: { $0.name },
      note: { _ in
        "how weights get their codes; all but nearest and hqq look at calibration samples"
      }
    ),
  ]
}

extension WeightQuantization {
  /// The nearest setting to this one that can be computed: bits that the scheme has, and what does not
  /// go with it back at its default.
  var mended: WeightQuantization {
    var copy = self
    guard let scheme = SchemeRegistry.standard[scheme.rawValue] else { return self }
    let bits = copy.bits
    copy.bits =
      scheme.allowedBits.min { abs($0 - bits) < abs($1 - bits) } ?? copy.bits
    if !copy.isPossible { copy.granularity = scheme.standardGranularity }
    if !copy.isPossible { copy.method = "nearest" }
    if !copy.isPossible { copy.range = "minmax" }
    return copy
  }

  /// Whether bits, scheme, granularity, range and method go together.
  var isPossible: Bool { (try? check()) != nil }
}
