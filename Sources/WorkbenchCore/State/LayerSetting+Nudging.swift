import ModelCompression

extension LayerSetting {
  /// The prune amount in percent, 0...100.
  var prunePercent: Double { (prune?.amount ?? 0) * 100 }

  /// The same with another prune amount, cut to 0...100 %.
  func pruned(toPercent percent: Double) -> LayerSetting {
    // Tenths of a percent: sums of hundredths would not come back to where they began.
    let amount = (min(max(percent, 0), 100) * 10).rounded() / 1000
    var copy = self
    // N of M says its amount itself.
    if case .keep? = prune?.pattern, amount > 0 { return self }
    copy.prune = copy.prune?.turned(to: amount) ?? PruneSetting(amount: amount)
    if copy.prune == PruneSetting(amount: 0) { copy.prune = nil }
    return copy
  }

  /// The same, `steps` widths wider or narrower, cut at the narrowest width and at floats.
  func quantized(byWidths steps: Int) -> LayerSetting {
    let scheme = weights.flatMap { SchemeRegistry.standard[$0.scheme.rawValue] }
    let widths: [Int?] = (scheme?.allowedBits ?? WeightQuantization.allowedBits).map { $0 } + [nil]
    let here = widths.firstIndex { $0 == weights?.bits } ?? (weights == nil ? widths.count - 1 : 0)
    return quantized(toBits: widths[min(max(0, here + steps), widths.count - 1)])
  }

  /// The same with another bit width; nil for floats.
  func quantized(toBits bits: Int?) -> LayerSetting {
    var copy = self
    if let bits {
      if copy.weights == nil {
        copy.weights = WeightQuantization(bits: bits)
      } else {
        copy.weights = copy.weights?.with(bits: bits)
      }
    } else {
      copy.weights = nil
    }
    return copy
  }

  /// The bit width as tables show it.
  var bitsText: String { weights.map { "\($0.bits)" } ?? "fp" }

  /// The setting in words: `prune 65 %, bits 3, per channel`.
  var summary: String {
    var parts: [String] = []
    if let prune, prune.amount > 0 {
      parts.append("prune \(Figures.percent(prunePercent))")
      if prune.criterion != "magnitude" { parts.append(prune.criterion) }
      if prune.pattern != .unstructured { parts.append(prune.pattern.title) }
    }
    if let weights {
      parts.append("bits \(weights.bits)")
      parts.append(weights.granularity.title)
      if weights.scheme != .symmetric { parts.append(weights.scheme.rawValue) }
      if weights.range != "minmax" { parts.append("range \(weights.range.name)") }
      if weights.method != "nearest" { parts.append(weights.method.name) }
    }
    if let activations {
      parts.append(
        "activations \(activations.mode == .dynamic ? "dynamic" : "\(activations.bits)")")
    }
    return parts.isEmpty ? "original weights" : parts.joined(separator: ", ")
  }
}

extension WeightQuantization.Granularity {
  /// In words: `per channel`.
  var title: String {
    switch self {
    case .tensor: "per tensor"
    case .channel: "per channel"
    case .group(let size): "per group of \(size)"
    }
  }

  /// The next finer one, from the tensor as a whole to small groups, and round again.
  var next: WeightQuantization.Granularity {
    switch self {
    case .tensor: .channel
    case .channel: .group(128)
    case .group(let size) where size > 64: .group(64)
    case .group(let size) where size > 32: .group(32)
    case .group: .tensor
    }
  }
}
