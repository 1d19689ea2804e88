import Tensors
import Yams

extension PlanReader {
  /// The block `prune` of a rule.
  func prune(_ node: Node) throws(EngineError) -> PruneSetting {
    var setting = PruneSetting(amount: 0)
    var measure: PruneSetting.Measure?
    var places: [String: Node] = [:]
    for (key, keyNode, value) in try source.entries(node, of: "'prune'") {
      places[key] = value
      switch key {
      case "amount", "percentile", "threshold":
        if let measure {
          throw source.failure(
            keyNode, "'\(measure.rawValue)' and '\(key)' say the same: give one of them")
        }
        (measure, setting.amount) = try self.measure(value, key)
      case "criterion":
        let name = try source.text(value, of: key)
        guard CriterionRegistry.standard[name] != nil else {
          throw unsupported(
            value, "criterion '\(name)'", supported: CriterionRegistry.standard.names)
        }
        setting.criterion = name
      case "pattern": setting.pattern = try pattern(value)
      case "scope": setting.scope = try choice(value, key)
      case "refit":
        guard case .flag(let isSet) = try source.value(value, of: key) else {
          throw source.failure(value, "'refit' has to be true or false")
        }
        setting.refit = isSet
      case "normalize": setting.normalization = try choice(value, key)
      case "alpha": setting.alpha = try source.number(value, of: key)
      default:
        throw unknown(
          key, keyNode, in: "'prune'",
          known: [
            "amount", "percentile", "threshold", "criterion", "alpha", "pattern", "scope",
            "normalize", "refit",
          ])
      }
    }
    if case .keep(let keep, let length) = setting.pattern, measure == nil {
      setting.amount = PruneSetting.amount(keeping: keep, of: length)
      measure = .amount
    }
    guard let measure else {
      throw source.failure(
        node, "'prune' needs an amount", remedy: "Write amount: 0.5, or percentile: 50")
    }
    setting.measure = measure
    if let place = places["alpha"], setting.criterion != MixedCriterion().name {
      throw source.failure(
        place, "'alpha' is the share of weights in criterion mixed", remedy: "Leave it out")
    }
    if let fault = setting.fault() {
      throw source.failure(places[fault.key] ?? node, fault.problem, remedy: fault.remedy)
    }
    return setting
  }

  /// How much goes, by its key.
  private func measure(
    _ value: Node, _ key: String
  ) throws(EngineError) -> (measure: PruneSetting.Measure, amount: Double) {
    let number = try source.number(value, of: key)
    if key == "threshold" { return (.threshold, number) }
    let most = key == "amount" ? 1.0 : 100.0
    guard (0...most).contains(number) else {
      throw source.failure(
        value, "'\(key)' has to be between 0 and \(Int(most)): \(number) was given",
        remedy: key == "amount" && number <= 100 ? "70 % is written 0.7" : nil)
    }
    return (key == "amount" ? .amount : .percentile, number / most)
  }

  /// `unstructured`, `channel`, `{keep: 2, of: 4}` or `{block: [4, 1]}`.
  private func pattern(_ node: Node) throws(EngineError) -> PruneSetting.Pattern {
    let known = ["unstructured", "channel", "{keep: 2, of: 4}", "{block: [4, 1]}"]
    guard node.mapping != nil else {
      switch node.scalar?.string {
      case "unstructured": return .unstructured
      case "channel": return .channel
      case let name:
        throw unsupported(node, "pattern '\(name ?? "[...]")'", supported: known)
      }
    }
    var (keep, length): (Int?, Int?)
    var block: PruneSetting.Pattern?
    for (key, keyNode, value) in try source.entries(node, of: "'pattern'") {
      switch key {
      case "keep": keep = try source.integer(value, of: key)
      case "of": length = try source.integer(value, of: key)
      case "block":
        guard let sizes = value.sequence, sizes.count == 2 else {
          throw source.failure(
            value, "'block' has to be a list of output channels and inputs",
            remedy: "Write {block: [4, 1]}")
        }
        block = .block(
          rows: try source.integer(sizes[0], of: key),
          columns: try source.integer(sizes[1], of: key))
      default:
        throw unknown(key, keyNode, in: "'pattern'", known: ["keep", "of", "block"])
      }
    }
    switch (keep, length, block) {
    case (let keep?, let length?, nil): return .keep(keep, of: length)
    case (nil, nil, let block?): return block
    default:
      throw source.failure(
        node, "'pattern' is not one of those known",
        remedy: "Write \(known.joined(separator: ", "))")
    }
  }
}
