import Tensors
import Yams

extension PlanReader {
  /// The block `weights` of a rule.
  func weights(_ node: Node) throws(EngineError) -> WeightQuantization {
    var setting = WeightQuantization(bits: 0)
    for (key, keyNode, value) in try source.entries(node, of: "'weights'") {
      switch key {
      case "bits":
        setting.bits = try source.integer(value, of: key)
        guard WeightQuantization.allowedBits.contains(setting.bits) else {
          throw source.failure(
            value, "'bits' can't be \(setting.bits)", remedy: "Choose 2 to 8, or 16")
        }
      case "scheme": setting.scheme = try choice(value, key)
      case "granularity": setting.granularity = try granularity(value)
      case "range", "method":
        let only = key == "range" ? "minmax" : "nearest"
        let name = try source.text(value, of: key)
        guard name == only else {
          throw unsupported(value, "\(key) '\(name)'", supported: [only])
        }
      default:
        throw unknown(
          key, keyNode, in: "'weights'",
          known: ["bits", "scheme", "granularity", "range", "method"])
      }
    }
    guard setting.bits != 0 else {
      throw source.failure(node, "'weights' needs bits", remedy: "Write bits: 8, say")
    }
    return setting
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
      guard WeightQuantization.allowedGroups.contains(size) else {
        throw source.failure(
          entries[0].value, "'group' has to be between 16 and 256: \(size) was given")
      }
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
