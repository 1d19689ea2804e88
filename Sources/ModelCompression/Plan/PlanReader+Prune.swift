import Tensors
import Yams

extension PlanReader {
  /// The block `prune` of a rule.
  func prune(_ node: Node) throws(EngineError) -> PruneSetting {
    var setting = PruneSetting(amount: 0)
    var measure: PruneSetting.Measure?
    for (key, keyNode, value) in try source.entries(node, of: "'prune'") {
      switch key {
      case "amount", "percentile":
        guard measure == nil else {
          throw source.failure(keyNode, "'amount' and 'percentile' say the same: give one of them")
        }
        let most = key == "amount" ? 1.0 : 100.0
        let number = try source.number(value, of: key)
        guard (0...most).contains(number) else {
          throw source.failure(
            value, "'\(key)' has to be between 0 and \(Int(most)): \(number) was given",
            remedy: key == "amount" && number <= 100 ? "70 % is written 0.7" : nil)
        }
        measure = key == "amount" ? .amount : .percentile
        setting.amount = number / most
      case "criterion":
        let name = try source.text(value, of: key)
        guard CriterionRegistry.standard[name] != nil else {
          throw unsupported(
            value, "criterion '\(name)'", supported: CriterionRegistry.standard.names)
        }
        setting.criterion = name
      case "pattern":
        guard value.scalar?.string == "unstructured" else {
          throw unsupported(
            value, "pattern '\(value.scalar?.string ?? "{...}")'", supported: ["unstructured"])
        }
        setting.pattern = .unstructured
      case "scope": setting.scope = try choice(value, key)
      case "refit":
        guard case .flag(let isSet) = try source.value(value, of: key) else {
          throw source.failure(value, "'refit' has to be true or false")
        }
        setting.refit = isSet
      case "alpha": throw unsupported(keyNode, "'alpha'", supported: [])
      default:
        throw unknown(
          key, keyNode, in: "'prune'",
          known: ["amount", "percentile", "criterion", "pattern", "scope", "refit"])
      }
    }
    guard let measure else {
      throw source.failure(
        node, "'prune' needs an amount", remedy: "Write amount: 0.5, or percentile: 50")
    }
    setting.measure = measure
    return setting
  }
}
