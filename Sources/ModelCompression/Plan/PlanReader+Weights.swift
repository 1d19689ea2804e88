import Tensors
import Yams

extension PlanReader {
  /// The block `weights` of a rule.
  func weights(_ node: Node) throws(EngineError) -> WeightQuantization {
    var setting = WeightQuantization(bits: 0)
    var places: [String: Node] = [:]
    for (key, keyNode, value) in try source.entries(node, of: "'weights'") {
      places[key] = value
      switch key {
      case "bits": setting.bits = try source.integer(value, of: key)
      case "scheme": setting.scheme = try choice(value, key)
      case "granularity":
        setting.granularity = try granularity(value)
        places[key] = value.mapping?.first?.value ?? value
      case "range":
        setting.range = try namedChoice(value, key, names: RangeRegistry.standard.names) {
          RangeRegistry.standard[$0]?.options
        }
      case "method":
        setting.method = try namedChoice(value, key, names: RoundingRegistry.standard.names) {
          RoundingRegistry.standard[$0]?.options
        }
      default:
        throw unknown(
          key, keyNode, in: "'weights'",
          known: ["bits", "scheme", "granularity", "range", "method"])
      }
    }
    let scheme = try setting.registeredScheme()
    if places["granularity"] == nil, scheme.usesGranularity {
      setting.granularity = scheme.standardGranularity
    }
    if let place = places["granularity"], !scheme.usesGranularity {
      throw source.failure(
        place, "'granularity' has no meaning for \(scheme.name)", remedy: "Leave it out")
    }
    if places["bits"] == nil {
      guard scheme.allowedBits.count == 1, let bits = scheme.allowedBits.first else {
        throw source.failure(node, "'weights' needs bits", remedy: "Write bits: 8, say")
      }
      setting.bits = bits
    }
    try check(setting, places, node)
    return setting
  }

  /// Checks what goes together, and names the place of what does not.
  private func check(
    _ setting: WeightQuantization, _ places: [String: Node], _ node: Node
  ) throws(EngineError) {
    // Each key is tried with the defaults of those that follow, so that the first culprit is named.
    let standard = WeightQuantization(
      bits: setting.bits, scheme: setting.scheme, granularity: .channel)
    var tried = standard
    for (key, step) in [
      ("bits", { _ in }),
      ("granularity", { $0.granularity = setting.granularity }),
      ("range", { $0.range = setting.range }),
      ("method", { $0.method = setting.method }),
    ] as [(String, (inout WeightQuantization) -> Void)] {
      step(&tried)
      do throws(EngineError) {
        try tried.check()
      } catch {
        throw source.failure(places[key] ?? node, error.problem, remedy: error.remedy)
      }
    }
  }

  private func granularity(
    _ node: Node
  ) throws(EngineError) -> WeightQuantization.Granularity {
    if node.mapping != nil {
      let entries = try source.entries(node, of: "'granularity'")
      guard entries.count == 1, entries[0].key == "group" else {
        throw source.failure(node, "'granularity' is tensor, channel or {group: 64}")
      }
      let size = try source.integer(entries[0].value, of: "group")
      guard size > 0 else { throw source.failure(entries[0].value, "'group' has to be above 0") }
      return .group(size)
    }
    switch try source.text(node, of: "granularity") {
    case "tensor": return .tensor
    case "channel": return .channel
    case let name:
      throw unsupported(
        node, "granularity '\(name)'", supported: ["tensor", "channel", "{group: 64}"])
    }
  }
}
