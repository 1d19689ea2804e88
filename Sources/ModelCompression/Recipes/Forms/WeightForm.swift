import OrderedCollections

/// The block `weights` of a plan, by its words.
public struct WeightForm: Sendable, Hashable {
  /// Which weights share a scale.
  public enum Granularity: Sendable, Hashable {
    /// All weights of the layer.
    case tensor
    /// One output channel.
    case channel
    /// Runs of this many weights along the input axis.
    case group(Int)
  }

  /// Bits of a code.
  public var bits: Int
  /// `symmetric`, `asymmetric`, `palette`, `float16`, `fp8-e4m3` and so on.
  public var scheme: String
  /// Which weights share a scale.
  public var granularity: Granularity
  /// How the range is found: `minmax`, `percentile`, `mse`, `entropy`.
  public var range: String
  /// How weights are rounded: `nearest`, `hqq`, `gptq`, `adaround`.
  public var method: String
  /// Keys that only some schemes have, as the plan spells them.
  public var others: OrderedDictionary<String, String>

  /// Symmetric, per channel, nearest in the range of the weights, unless told otherwise.
  public init(
    bits: Int, scheme: String = "symmetric", granularity: Granularity = .channel,
    range: String = "minmax", method: String = "nearest"
  ) {
    self.bits = bits
    self.scheme = scheme
    self.granularity = granularity
    self.range = range
    self.method = method
    others = [:]
  }

  /// Whether codes are whole numbers times a scale.
  public var isInteger: Bool { scheme == "symmetric" || scheme == "asymmetric" }
  /// Whether weights are numbers of a shorter floating-point format.
  public var isFloat: Bool { scheme.hasPrefix("fp8") || scheme.hasSuffix("float16") }

  /// The form that a plan's tree states; nil when it states none.
  init?(tree: PlanTree) {
    guard let entries = tree.entries else { return nil }
    self.init(bits: 0)
    for (key, value) in entries {
      switch key {
      case "bits": bits = value.int ?? 0
      case "scheme": scheme = value.scalar ?? scheme
      case "granularity":
        switch value.scalar {
        case "tensor": granularity = .tensor
        case "channel": granularity = .channel
        default: granularity = value.entries?["group"]?.int.map { .group($0) } ?? granularity
        }
      case "range":
        range = value.choice ?? value.json()
        if value.entries != nil { others["options of \(range)"] = value.json() }
      case "method":
        method = value.choice ?? value.json()
        if value.entries != nil { others["options of \(method)"] = value.json() }
      default: others[key] = value.json()
      }
    }
    if bits == 0 { bits = scheme.hasPrefix("fp8") ? 8 : scheme.hasSuffix("float16") ? 16 : 0 }
  }

  /// The block as a plan states it.
  var tree: PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = [:]
    if !isFloat { entries["bits"] = .number(bits) }
    if scheme != "symmetric" { entries["scheme"] = .text(scheme) }
    switch granularity {
    case .tensor: entries["granularity"] = .text("tensor")
    case .channel: break
    case .group(let size): entries["granularity"] = .map(["group": .number(size)])
    }
    if range != "minmax" { entries["range"] = .text(range) }
    if method != "nearest" { entries["method"] = .text(method) }
    for (key, value) in others { entries[key] = .literal(value) }
    return .map(entries)
  }

  /// How notes call the form, such as `4-bit palette`.
  var words: String { isFloat ? scheme : "\(bits)-bit \(scheme)" }
}
