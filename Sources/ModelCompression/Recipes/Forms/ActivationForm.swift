import OrderedCollections

/// The block `activations` of a plan, by its words.
public struct ActivationForm: Sendable, Hashable {
  /// Bits of a code.
  public var bits: Int
  /// How the range is found: `minmax`, `percentile`, `mse`, `entropy`.
  public var range: String
  /// `static` or `dynamic`.
  public var mode: String
  /// `asymmetric` or `symmetric`.
  public var scheme: String
  /// Keys beyond those, as the plan spells them.
  public var others: OrderedDictionary<String, String>

  /// 8 bits in the static range that calibration saw, unless told otherwise.
  public init(
    bits: Int = 8, range: String = "minmax", mode: String = "static", scheme: String = "asymmetric"
  ) {
    self.bits = bits
    self.range = range
    self.mode = mode
    self.scheme = scheme
    others = [:]
  }

  /// Whether ranges are found while the network runs.
  public var isDynamic: Bool { mode == "dynamic" }

  /// The form that a plan's tree states; nil when it states none.
  init?(tree: PlanTree) {
    guard let entries = tree.entries else { return nil }
    self.init()
    for (key, value) in entries {
      switch key {
      case "bits": bits = value.int ?? bits
      case "range":
        range = value.choice ?? value.json()
        if value.entries != nil { others["options of \(range)"] = value.json() }
      case "mode": mode = value.scalar ?? mode
      case "scheme": scheme = value.scalar ?? scheme
      default: others[key] = value.json()
      }
    }
  }

  /// The block as a plan states it; every key, since defaults are the reader's.
  var tree: PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = ["bits": .number(bits)]
    if range != "minmax" { entries["range"] = .text(range) }
    entries["mode"] = .text(mode)
    if scheme != "asymmetric" { entries["scheme"] = .text(scheme) }
    for (key, value) in others { entries[key] = .literal(value) }
    return .map(entries)
  }
}
