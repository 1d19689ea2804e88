import ModelCompression

extension LayerSetting {
  /// The setting in short, as scans and their files name it: `bits=4`, `prune=0.5`,
  /// `prune=0.5,bits=4`, `none`; what differs from the defaults follows, as in `bits=4/tensor`.
  public var scanName: String {
    var parts: [String] = []
    if let prune {
      var text = "\(prune.measure == .amount ? "prune" : "percentile")=\(prune.amount)"
      if prune.criterion != "magnitude" { text += "/\(prune.criterion)" }
      if prune.scope == .global { text += "/global" }
      parts.append(text)
    }
    if let weights {
      var text = "bits=\(weights.bits)"
      if weights.scheme != .symmetric { text += "/\(weights.scheme.rawValue)" }
      switch weights.granularity {
      case .channel: break
      case .tensor: text += "/tensor"
      case .group(let size): text += "/group\(size)"
      }
      parts.append(text)
    }
    return parts.isEmpty ? "none" : parts.joined(separator: ",")
  }
}
