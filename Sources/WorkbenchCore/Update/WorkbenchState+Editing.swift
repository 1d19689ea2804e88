import ModelCompression
import NetworkGraph

extension WorkbenchState {
  /// Changes the settings of the targets as one step of the history.
  ///
  /// - Parameters:
  ///   - mergeKey: Nudges of one kind on the same targets merge; nil never merges.
  ///   - label: The change in words, made of the settings after it.
  /// - Returns: The effects of the change; nil when nothing changed.
  mutating func edit(
    mergeKey: String?, label: EditLabel,
    change: (LayerSetting, CompressibleLayer) -> LayerSetting
  ) -> [Effect]? {
    edit(targets, title: targetTitle, mergeKey: mergeKey, label: label, change: change)
  }

  /// The same for given layers, called `title` in the history.
  mutating func edit(
    _ targets: [Int], title: String, mergeKey: String?, label: EditLabel,
    change: (LayerSetting, CompressibleLayer) -> LayerSetting
  ) -> [Effect]? {
    guard let model else { return nil }
    var plan = plan
    var changed = settings
    // Rules for many layers may state what a layer without a rule of its own would get.
    let hasGeneralRules =
      !plan.defaults.isEmpty
      || plan.layers.keys.contains { $0.hasPrefix("re:") || $0.hasPrefix("type:") }
    for index in targets where settings.indices.contains(index) {
      let layer = model.layers[index].layer
      changed[index] = change(settings[index], layer)
      guard changed[index] != settings[index] else { continue }
      // Without a rule where none is needed, so that a change taken back by hand leaves the plan as it
      // was.
      if changed[index].isUntouched, changed[index].activations == nil, !hasGeneralRules {
        plan.remove(forLayer: layer.name)
      } else {
        plan.set(changed[index], forLayer: layer.name)
      }
    }
    guard changed != settings else { return nil }
    settings = changed
    let key = mergeKey.map { "\($0) \(targets)" }
    history.record(
      plan, label: "\(title) \(label.text(targets.map { changed[$0] }))", mergeKey: key,
      time: time)
    return planChanged()
  }

  /// Changes what a plan says of the whole network, as one step of the history.
  ///
  /// - Parameter key: Changes of one key merge; nil never merges.
  mutating func editPlan(
    _ label: String, key: String? = nil, _ change: (inout CompressionPlan) -> Void
  ) -> [Effect] {
    var plan = plan
    change(&plan)
    guard plan != self.plan else { return [] }
    history.record(plan, label: label, mergeKey: key, time: time)
    return planChanged()
  }

  /// What follows a change of the plan: new sizes, picture and measurement.
  mutating func planChanged() -> [Effect] {
    generation += 1
    evaluationError = nil
    showsFirstHint = false
    var effects: [Effect] = [.computeSize(plan: plan, generation: generation)]
    effects += loadSelection()
    return effects + startEvaluation()
  }

  /// Asks for a measurement of the plan, when the model can be measured.
  mutating func startEvaluation() -> [Effect] {
    guard evaluationObstacle == nil else { return [] }
    isEvaluating = true
    evaluationError = nil
    return [
      .evaluate(
        plan: plan, generation: generation,
        focusLayer: targets.first.flatMap { model?.layers[$0].layer.name })
    ]
  }

  // Pruning.

  /// Prunes `percent` more (or less) of each target.
  mutating func nudgePrune(_ percent: Double) -> [Effect] {
    let kind = percent < 0 ? "prune-less" : "prune-more"
    let effects = edit(mergeKey: kind, label: .prune(by: percent)) { setting, _ in
      setting.pruned(toPercent: setting.prunePercent + percent)
    }
    if effects == nil { say("prune: already \(percent < 0 ? 0 : 100) %") }
    return effects ?? []
  }

  /// Prunes each target to the amount typed or given.
  mutating func setPrune(_ call: ActionCall) -> [Effect] {
    let text = call.argument.filter { $0 != "%" && $0 != " " }
    guard let percent = call.amount ?? Double(text), (0...100).contains(percent) else {
      say(
        call.amount == nil && text.isEmpty
          ? "prune: type the amount first, as in 65%" : "prune: the amount is 0 ... 100 %",
        .warning)
      return []
    }
    let effects = edit(mergeKey: nil, label: .fixed("prune \(Figures.percent(percent))")) {
      setting, _ in setting.pruned(toPercent: percent)
    }
    if effects == nil { say("prune: already \(Figures.percent(percent))") }
    return effects ?? []
  }

  // Quantization.

  /// Moves each target by `steps` bit widths.
  mutating func nudgeBits(_ steps: Int) -> [Effect] {
    let kind = steps < 0 ? "bits-less" : "bits-more"
    let effects = edit(mergeKey: kind, label: .bits) { setting, _ in
      setting.quantized(byWidths: steps)
    }
    if effects == nil {
      let narrowest = WeightQuantization.allowedBits.first ?? 2
      say(steps < 0 ? "bits: \(narrowest) is the narrowest" : "bits: already 32-bit floats")
    }
    return effects ?? []
  }

  /// Sets each target's bit width as typed.
  mutating func setBits(_ text: String) -> [Effect] {
    let isFloat = ["float", "fp", "fp32", "32"].contains(text.lowercased())
    let bits = Int(text)
    guard isFloat || bits.map(WeightQuantization.allowedBits.contains) == true else {
      let widths = WeightQuantization.allowedBits.map(String.init).joined(separator: ", ")
      say("bits: choose one of \(widths) or float", .warning)
      return []
    }
    let effects = edit(mergeKey: nil, label: .bits) { setting, _ in
      setting.quantized(toBits: isFloat ? nil : bits)
    }
    if effects == nil { say("bits: already \(isFloat ? "float" : text)") }
    return effects ?? []
  }

  /// Moves the quantized targets to the next granularity, that of the first.
  mutating func cycleGranularity() -> [Effect] {
    guard let first = firstQuantization else { return [] }
    let next = first.granularity.next
    return edit(mergeKey: nil, label: .fixed(next.title)) { setting, _ in
      var setting = setting
      setting.weights?.granularity = next
      return setting
    } ?? []
  }

  /// Makes the quantized targets asymmetric, or symmetric when the first is asymmetric.
  mutating func toggleScheme() -> [Effect] {
    guard let first = firstQuantization else { return [] }
    let next: WeightQuantization.Scheme =
      first.scheme == .symmetric ? .asymmetric : .symmetric
    return edit(mergeKey: nil, label: .fixed(next.rawValue)) { setting, _ in
      var setting = setting
      setting.weights?.scheme = next
      setting.weights = setting.weights?.consistent
      return setting
    } ?? []
  }

  // Whole settings.

  /// Gives the targets their original weights back.
  mutating func resetTargets() -> [Effect] {
    let effects = edit(mergeKey: nil, label: .fixed("reset")) { _, _ in LayerSetting() }
    if effects == nil { say("already original: \(targetTitle)") }
    return effects ?? []
  }

  /// Gives every layer its original weights back.
  mutating func resetPlan() -> [Effect] {
    guard settings.contains(where: { !$0.isUntouched }) else {
      say("every layer is original already")
      return []
    }
    var empty = plan
    empty.defaults = CompressionPlan().defaults
    (empty.channels, empty.equalize, empty.repair) = (nil, nil, [])
    empty.layers = [:]
    history.record(empty, label: "reset of the plan", time: time)
    resolveSettings()
    say("reset every layer; u undoes")
    return planChanged()
  }

  /// Copies the selected layer's setting.
  mutating func copySetting() -> [Effect] {
    guard case .layer(let index) = selection, settings.indices.contains(index) else { return [] }
    clipboard = settings[index]
    say("copied: \(settings[index].summary)")
    return []
  }

  /// Gives the targets the copied setting.
  mutating func pasteSetting() -> [Effect] {
    guard let clipboard else { return [] }
    let effects = edit(mergeKey: nil, label: .fixed(clipboard.summary)) { _, _ in clipboard }
    if effects == nil { say("nothing changed: \(clipboard.summary)") }
    return effects ?? []
  }

  // History.

  /// Goes back `steps` steps.
  mutating func undo(_ steps: Int) -> [Effect] {
    var labels: [String] = []
    for _ in 0..<steps { if let label = history.undo() { labels.append(label) } }
    return travelled("undone", labels)
  }

  /// Goes forward `steps` steps.
  mutating func redo(_ steps: Int) -> [Effect] {
    var labels: [String] = []
    for _ in 0..<steps { if let label = history.redo() { labels.append(label) } }
    return travelled("redone", labels)
  }

  private mutating func travelled(_ verb: String, _ labels: [String]) -> [Effect] {
    guard let last = labels.last else { return [] }
    let more = labels.count > 1 ? " and \(labels.count - 1) before" : ""
    say("\(verb): \(last)\(more)")
    resolveSettings()
    return planChanged()
  }

  /// Reads the layers' settings off the plan.
  mutating func resolveSettings() {
    guard let model else { return }
    let layers = model.layers.map(\.layer)
    do {
      let resolution = try plan.resolved(for: layers)
      settings = resolution.settings
    } catch {
      settings = layers.map { _ in LayerSetting() }
      say(error.description, .error)
    }
  }
}
