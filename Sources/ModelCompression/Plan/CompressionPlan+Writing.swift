import OrderedCollections

extension CompressionPlan {
  /// The spelling of a plan file.
  public enum TextFormat: String, Sendable, Hashable, CaseIterable {
    case yaml
    case json
  }

  /// The plan as a file's text; reading it gives an equal plan.
  public func text(_ format: TextFormat = .yaml) -> String {
    switch format {
    case .yaml: tree.yaml()
    case .json: tree.json() + "\n"
    }
  }

  private var tree: PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = [
      "weightbench": .literal("\(Self.version)")
    ]
    entries["model"] = model?.tree
    if let seed { entries["seed"] = .literal("\(seed)") }
    if let calibration {
      var parts: OrderedDictionary<String, PlanTree> = [:]
      if let data = calibration.data { parts["data"] = .text(data) }
      if let count = calibration.count { parts["count"] = .literal("\(count)") }
      entries["calibration"] = .map(parts)
    }
    entries["finetuned"] = finetuned?.tree
    if let equalize { entries["equalize"] = equalize.tree }
    if let channels { entries["channels"] = channels.tree }
    if !repair.isEmpty { entries["repair"] = repair.tree }
    if !defaults.isEmpty { entries["defaults"] = defaults.tree }
    if !layers.isEmpty {
      entries["layers"] = .block(
        layers.mapValues { $0 == .leaveAlone ? .literal("null") : $0.tree })
    }
    if !pinned.isEmpty { entries["pinned"] = .list(pinned.map { .text($0) }) }
    if !results.isEmpty { entries["results"] = .map(results.mapValues(\.tree)) }
    return .block(entries)
  }
}

extension CompressionPlan.Model {
  fileprivate var tree: PlanTree {
    var parts: OrderedDictionary<String, PlanTree> = [:]
    if let file { parts["file"] = .text(file) }
    if let sha256 { parts["sha256"] = .text(sha256) }
    return .map(parts)
  }
}

extension PlanRule {
  fileprivate var tree: PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = [:]
    entries["prune"] = Self.tree(prune, \.tree)
    entries["weights"] = Self.tree(weights, \.tree)
    entries["activations"] = Self.tree(activations, \.tree)
    return entries.count > 1 ? .block(entries) : .map(entries)
  }

  private static func tree<Setting>(
    _ block: Block<Setting>, _ tree: (Setting) -> PlanTree
  ) -> PlanTree? {
    switch block {
    case .unstated: nil
    case .off: .literal("null")
    case .set(let setting): tree(setting)
    }
  }
}

extension PlanValue {
  var tree: PlanTree {
    switch self {
    case .integer(let value): .literal("\(value)")
    case .number(let value): .literal("\(value)")
    case .text(let value): .text(value)
    case .flag(let value): .literal(value ? "true" : "false")
    case .none: .literal("null")
    }
  }
}
