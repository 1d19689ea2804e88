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

    /// The same as a setting has it.
    init(_ granularity: WeightQuantization.Granularity) {
      switch granularity {
      case .tensor: self = .tensor
      case .channel: self = .channel
      case .group(let size): self = .group(size)
      }
    }
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

  /// Whether codes are whole numbers times a scale, as other tools have them: one bit is a sign here.
  public var isInteger: Bool { (scheme == "symmetric" || scheme == "asymmetric") && bits > 1 }
  /// Whether codes are indices into a palette.
  public var isPalette: Bool { scheme.hasPrefix("palette") }
  /// Whether weights are numbers of a shorter floating-point format.
  public var isFloat: Bool { scheme.hasPrefix("fp8") || scheme.hasSuffix("float16") }

  /// The form that a plan's tree states; nil when it states none.
  init?(tree: PlanTree) {
    guard let entries = tree.entries else { return nil }
    self.init(bits: 0)
    // Schemes differ in what holds unless a plan states it.
    if let name = entries["scheme"]?.scalar { scheme = name }
    if let standard = SchemeRegistry.standard[scheme] {
      granularity = Granularity(standard.standardGranularity)
    }
    for (key, value) in entries {
      switch key {
      case "bits": bits = value.int ?? 0
      case "scheme": break
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
    let registered = SchemeRegistry.standard[scheme]
    if registered?.usesGranularity != false {
      switch granularity {
      case .tensor: entries["granularity"] = .text("tensor")
      case .channel: entries["granularity"] = .text("channel")
      case .group(let size): entries["granularity"] = .map(["group": .number(size)])
      }
    }
    if range != "minmax" { entries["range"] = .text(range) }
    if method != "nearest" { entries["method"] = .text(method) }
    for (key, value) in others { entries[key] = .literal(value) }
    return .map(entries)
  }

  /// How notes call the form, such as `4-bit palette`.
  var words: String { isFloat ? scheme : "\(bits)-bit \(scheme)" }
}
