import Tensors
import Yams

extension PlanReader {
  /// The block `equalize`: `true`, `false`, or a mapping.
  func equalization(_ node: Node) throws(EngineError) -> Equalization? {
    if source.isNull(node) { return nil }
    if node.mapping == nil {
      switch try source.value(node, of: "equalize") {
      case .flag(let isOn): return isOn ? Equalization() : nil
      default:
        throw source.failure(
          node, "'equalize' has to be true, false or a mapping",
          remedy: "Write equalize: true, or equalize: {relu6: replace}")
      }
    }
    var setting = Equalization()
    for (key, keyNode, value) in try source.entries(node, of: "'equalize'") {
      switch key {
      case "relu6":
        switch try source.text(value, of: key) {
        case "keep": setting.replacesReLU6 = false
        case "replace": setting.replacesReLU6 = true
        case let other:
          throw unsupported(value, "relu6 '\(other)'", supported: ["keep", "replace"])
        }
      default: throw unknown(key, keyNode, in: "'equalize'", known: ["relu6"])
      }
    }
    return setting
  }

  /// The list `repair`.
  func repair(_ node: Node) throws(EngineError) -> Set<RepairStep> {
    if source.isNull(node) { return [] }
    let known = RepairStep.allCases.map(\.rawValue)
    guard let list = node.sequence else {
      throw source.failure(
        node, "'repair' has to be a list of steps",
        remedy: "Write repair: [\(known.joined(separator: ", "))], or one of them")
    }
    var steps: Set<RepairStep> = []
    for entry in list {
      let step: RepairStep = try choice(entry, "repair")
      guard steps.insert(step).inserted else {
        throw source.failure(entry, "'\(step.rawValue)' is listed twice")
      }
    }
    return steps
  }
}
