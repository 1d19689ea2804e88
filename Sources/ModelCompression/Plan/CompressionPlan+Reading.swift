import OrderedCollections
import Tensors
import Yams

extension CompressionPlan {
  /// Reads a plan from YAML or JSON.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan` that names line and column of what is unknown,
  ///   out of range, or not supported by this version.
  public init(text: String, path: String? = nil) throws(EngineError) {
    self = try PlanReader(source: PlanSource(text: text, path: path)).plan()
  }

  /// Reads a plan file.
  ///
  /// - Throws: ``EngineError`` with code `missingFile` or `invalidPlan`.
  public init(contentsOf path: String) throws(EngineError) {
    let file = try MappedFile(path: path)
    guard file.byteCount <= PlanSource.largestText else {
      throw EngineError(
        .invalidPlan, path: path, problem: "is \(file.byteCount) bytes long: too long for a plan",
        remedy: "Give the path of a plan file")
    }
    guard let text = file.withBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw EngineError(
        .invalidPlan, path: path, problem: "is not UTF-8 text",
        remedy: "Give the path of a plan file")
    }
    try self.init(text: text, path: path)
  }
}

/// Builds a plan from its tree: one function for each block of the format.
private struct PlanReader {
  let source: PlanSource

  func plan() throws(EngineError) -> CompressionPlan {
    var plan = CompressionPlan()
    var hasVersion = false
    for (key, keyNode, value) in try source.entries(source.root, of: "a plan") {
      switch key {
      case "weightbench":
        try checkVersion(value)
        hasVersion = true
      case "model": plan.model = try model(value)
      case "seed": plan.seed = try source.integer(value, of: key)
      case "calibration": plan.calibration = try calibration(value)
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
    "weightbench", "model", "seed", "calibration", "defaults", "layers", "pinned", "results",
  ]

  private func unknown(
    _ key: String, _ node: Node, in what: String, known: [String]
  ) -> EngineError {
    let hint =
      EditDistance.nearest(to: key, among: known).map { "Did you mean '\($0)'? " } ?? ""
    return source.failure(
      node, "unknown key '\(key)' in \(what)",
      remedy: hint + "Known keys are \(known.joined(separator: ", "))")
  }

  private func unsupported(_ node: Node, _ what: String, supported: [String]) -> EngineError {
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

  private func model(_ node: Node) throws(EngineError) -> CompressionPlan.Model? {
    if source.isNull(node) { return nil }
    var model = CompressionPlan.Model()
    for (key, keyNode, value) in try source.entries(node, of: "'model'") {
      switch key {
      case "file": model.file = try source.text(value, of: key)
      case "sha256": model.sha256 = try source.text(value, of: key)
      default: throw unknown(key, keyNode, in: "'model'", known: ["file", "sha256"])
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
        throw unsupported(keyNode, "'activations'", supported: ["prune", "weights"])
      default: throw unknown(key, keyNode, in: "a rule", known: ["prune", "weights"])
      }
    }
    return rule
  }

  private func prune(_ node: Node) throws(EngineError) -> PruneSetting {
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
      case "alpha": throw unsupported(keyNode, "'alpha'", supported: [])
      default:
        throw unknown(
          key, keyNode, in: "'prune'",
          known: ["amount", "percentile", "criterion", "pattern", "scope"])
      }
    }
    guard let measure else {
      throw source.failure(
        node, "'prune' needs an amount", remedy: "Write amount: 0.5, or percentile: 50")
    }
    setting.measure = measure
    return setting
  }

  private func weights(_ node: Node) throws(EngineError) -> WeightQuantization {
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

  private func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ key: String
  ) throws(EngineError) -> Choice {
    let name = try source.text(node, of: key)
    guard let choice = Choice(rawValue: name) else {
      throw unsupported(node, "\(key) '\(name)'", supported: Choice.allCases.map(\.rawValue))
    }
    return choice
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
