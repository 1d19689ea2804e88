import Tensors
import Yams

/// Builds a plan from its tree: one function for each block of the format.
struct PlanReader {
  let source: PlanSource

  func plan() throws(EngineError) -> CompressionPlan {
    var plan = CompressionPlan()
    var hasVersion = false
    for (key, keyNode, value) in try source.entries(source.root, of: "a plan") {
      switch key {
      case "weightbench":
        try checkVersion(value)
        hasVersion = true
      case "model", "finetuned":
        let file = try model(value, of: key)
        if key == "model" { plan.model = file } else { plan.finetuned = file }
      case "seed": plan.seed = try source.integer(value, of: key)
      case "calibration": plan.calibration = try calibration(value)
      case "equalize": plan.equalize = try equalization(value)
      case "channels": plan.channels = try channels(value)
      case "repair": plan.repair = try repair(value)
      case "defaults": plan.defaults = source.isNull(value) ? PlanRule() : try rule(value)
      case "layers":
        if source.isNull(value) { continue }
        for entry in try source.entries(value, of: "'layers'") {
          if case .expression = PlanSelector(entry.key) {
            do throws(EngineError) {
              _ = try PlanSelector(entry.key).matcher()
            } catch {
              throw source.failure(entry.keyNode, error.message, remedy: error.remedy)
            }
          }
          plan.layers[entry.key] = source.isNull(entry.value) ? .leaveAlone : try rule(entry.value)
        }
      case "pinned":
        if source.isNull(value) { continue }
        guard let list = value.sequence else {
          throw source.failure(value, "'pinned' has to be a list of layer names")
        }
        for name in list { plan.pinned.append(try source.text(name, of: "pinned")) }
      case "results":
        if source.isNull(value) { continue }
        for entry in try source.entries(value, of: "'results'") {
          plan.results[entry.key] = try source.value(entry.value, of: entry.key)
        }
      default: throw unknown(key, keyNode, in: "a plan", known: Self.planKeys)
      }
    }
    guard hasVersion else {
      throw source.failure(
        source.root, "the key 'weightbench' is missing: this is not a plan",
        remedy: "A plan starts with 'weightbench: \(CompressionPlan.version)'")
    }
    return plan
  }

  private static let planKeys = [
    "weightbench", "model", "seed", "calibration", "finetuned", "equalize", "channels", "repair",
    "defaults", "layers", "pinned", "results",
  ]

  func unknown(
    _ key: String, _ node: Node, in what: String, known: [String]
  ) -> EngineError {
    let hint =
      EditDistance.nearest(to: key, among: known).map { "Did you mean '\($0)'? " } ?? ""
    return source.failure(
      node, "unknown key '\(key)' in \(what)",
      remedy: hint + "Known keys are \(known.joined(separator: ", "))")
  }

  func unsupported(_ node: Node, _ what: String, supported: [String]) -> EngineError {
    source.failure(
      node, "\(what) is not supported by this version",
      remedy: supported.isEmpty
        ? "Remove it" : "Supported: \(supported.joined(separator: ", "))")
  }

  private func checkVersion(_ node: Node) throws(EngineError) {
    let version = try source.integer(node, of: "weightbench")
    guard version == CompressionPlan.version else {
      throw source.failure(
        node, "plan format \(version) is not supported by this version",
        remedy: version > CompressionPlan.version
          ? "Update weightbench" : "The format is \(CompressionPlan.version)")
    }
  }

  private func model(
    _ node: Node, of block: String
  ) throws(EngineError) -> CompressionPlan.Model? {
    if source.isNull(node) { return nil }
    var model = CompressionPlan.Model()
    for (key, keyNode, value) in try source.entries(node, of: "'\(block)'") {
      switch key {
      case "file": model.file = try source.text(value, of: key)
      case "sha256": model.sha256 = try source.text(value, of: key)
      default: throw unknown(key, keyNode, in: "'\(block)'", known: ["file", "sha256"])
      }
    }
    return model
  }

  private func calibration(_ node: Node) throws(EngineError) -> CompressionPlan.Calibration? {
    if source.isNull(node) { return nil }
    var calibration = CompressionPlan.Calibration()
    for (key, keyNode, value) in try source.entries(node, of: "'calibration'") {
      switch key {
      case "data": calibration.data = try source.text(value, of: key)
      case "count":
        let count = try source.integer(value, of: key)
        guard count > 0 else { throw source.failure(value, "'count' has to be above 0") }
        calibration.count = count
      default: throw unknown(key, keyNode, in: "'calibration'", known: ["data", "count"])
      }
    }
    return calibration
  }

  private func rule(_ node: Node) throws(EngineError) -> PlanRule {
    var rule = PlanRule()
    for (key, keyNode, value) in try source.entries(node, of: "a rule") {
      switch key {
      case "prune": rule.prune = source.isNull(value) ? .off : .set(try prune(value))
      case "weights": rule.weights = source.isNull(value) ? .off : .set(try weights(value))
      case "activations":
        rule.activations = source.isNull(value) ? .off : .set(try activations(value))
      default:
        throw unknown(key, keyNode, in: "a rule", known: ["prune", "weights", "activations"])
      }
    }
    return rule
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ key: String
  ) throws(EngineError) -> Choice {
    let name = try source.text(node, of: key)
    guard let choice = Choice(rawValue: name) else {
      throw unsupported(node, "\(key) '\(name)'", supported: Choice.allCases.map(\.rawValue))
    }
    return choice
  }
}
