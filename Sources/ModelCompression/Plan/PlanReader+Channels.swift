import OrderedCollections
import Tensors
import Yams

extension PlanReader {
  /// The block `channels` of a plan.
  func channels(_ node: Node) throws(EngineError) -> ChannelRemoval? {
    if source.isNull(node) { return nil }
    var removal = ChannelRemoval(amount: 0)
    var isStated = false
    for (key, keyNode, value) in try source.entries(node, of: "'channels'") {
      switch key {
      case "amount":
        removal.amount = try fraction(value, of: key)
        isStated = true
      case "criterion":
        let name = try source.text(value, of: key)
        guard ChannelScores.names.contains(name) else {
          throw unsupported(value, "criterion '\(name)'", supported: ChannelScores.names)
        }
        removal.criterion = name
      case "multiple":
        removal.multiple = try source.integer(value, of: key)
        guard removal.multiple > 0 else {
          throw source.failure(value, "'multiple' has to be above 0", remedy: "Write 8, say")
        }
      case "groups":
        if source.isNull(value) { continue }
        for entry in try source.entries(value, of: "'groups'") {
          do throws(EngineError) {
            _ = try PlanSelector(entry.key).matcher()
          } catch {
            throw source.failure(entry.keyNode, error.message, remedy: error.remedy)
          }
          removal.groups[entry.key] = try fraction(entry.value, of: entry.key)
          isStated = true
        }
      default:
        throw unknown(
          key, keyNode, in: "'channels'", known: ["amount", "criterion", "multiple", "groups"])
      }
    }
    guard isStated else {
      throw source.failure(
        node, "'channels' needs an amount", remedy: "Write amount: 0.3, or groups: {conv1: 0.3}")
    }
    return removal
  }

  private func fraction(_ node: Node, of key: String) throws(EngineError) -> Double {
    let number = try source.number(node, of: key)
    guard (0...1).contains(number) else {
      throw source.failure(
        node, "'\(key)' has to be between 0 and 1: \(number) was given",
        remedy: number > 1 && number <= 100 ? "30 % is written 0.3" : nil)
    }
    return number
  }
}
