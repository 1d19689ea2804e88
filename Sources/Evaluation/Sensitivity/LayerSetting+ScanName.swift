import ModelCompression

extension LayerSetting {
  /// The setting in short, as scans and their files name it: `bits=4`, `prune=0.5`,
  /// `prune=0.5,bits=4`, `none`; what differs from the defaults follows, as in `bits=4/tensor`.
  public var scanName: String {
    var parts: [String] = []
    if let prune {
      var text = "\(prune.measure == .amount ? "prune" : prune.measure.rawValue)=\(prune.amount)"
      if prune.criterion != "magnitude" { text += "/\(prune.criterion)" }
      if prune.alpha != PruneSetting.standardAlpha { text += "/alpha\(prune.alpha)" }
      switch prune.pattern {
      case .unstructured: break
      case .keep(let keep, let length): text += "/keep\(keep)of\(length)"
      case .block(let rows, let columns): text += "/block\(rows)x\(columns)"
      case .channel: text += "/channel"
      }
      if prune.scope == .global { text += "/global" }
      if prune.normalization != .none { text += "/\(prune.normalization.rawValue)" }
      if prune.refit { text += "/refit" }
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
      if weights.range != "minmax" { text += "/\(weights.range.text)" }
      if weights.method != "nearest" { text += "/\(weights.method.text)" }
      parts.append(text)
    }
    return parts.isEmpty ? "none" : parts.joined(separator: ",")
  }
}
