import Tensors
import Yams

extension PlanReader {
  /// The block `activations` of a rule.
  func activations(_ node: Node) throws(EngineError) -> ActivationQuantization {
    var setting = ActivationQuantization()
    for (key, keyNode, value) in try source.entries(node, of: "'activations'") {
      switch key {
      case "bits": setting.bits = try source.integer(value, of: key)
      case "mode": setting.mode = try choice(value, key)
      case "range":
        setting.range = try namedChoice(
          value, key, names: RangeRegistry.standard.names
        ) { RangeRegistry.standard[$0]?.options }
      case "scheme": setting.scheme = try choice(value, key)
      default:
        throw unknown(
          key, keyNode, in: "'activations'", known: ["bits", "mode", "range", "scheme"])
      }
    }
    if let objection = setting.objection {
      throw source.failure(node, objection.problem, remedy: objection.remedy)
    }
    return setting
  }
}
