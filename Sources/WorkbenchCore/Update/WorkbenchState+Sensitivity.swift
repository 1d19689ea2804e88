import Evaluation
import ModelCompression

extension WorkbenchState {
  /// The table as it is looked at.
  var sensitivitySheet: SensitivitySheet { SensitivitySheet(self) }

  /// Rows of layers that fit in the sensitivity table.
  var sensitivityHeight: Int {
    max(1, SensitivityLayout(columns: columns, rows: rows).table.height - 3)
  }

  mutating func keepSensitivityInSight() {
    let sheet = sensitivitySheet
    sensitivity.scroll = Self.scrolled(
      sensitivity.scroll, selected: sheet.row, count: sheet.rows.count, height: sensitivityHeight)
  }

  // The view.

  /// Opens the view, or goes back; the first time starts a scan.
  mutating func toggleSensitivity() -> [Effect] {
    guard view != .sensitivity else { return leaveView() }
    view = .sensitivity
    if let first = selectedRow?.layers.first { reveal(first) }
    guard sensitivity.table == nil, !sensitivity.isScanning, evaluationObstacle == nil else {
      return []
    }
    return startScan()
  }

  /// Moves to another layer, and selects it in the main view too.
  mutating func moveLayer(_ steps: Int) -> [Effect] {
    let sheet = sensitivitySheet
    guard !sheet.rows.isEmpty else { return [] }
    reveal(sheet.rows[min(max(0, sheet.row + steps), sheet.rows.count - 1)])
    return []
  }

  /// Moves to a harsher setting, or a milder one.
  mutating func moveColumn(_ steps: Int) -> [Effect] {
    let sheet = sensitivitySheet
    let column = min(max(0, sheet.column + steps), sheet.columns.count - 1)
    sensitivity.column[sensitivity.sweep] = column
    return []
  }

  /// Takes the budget that was typed, or the next one.
  mutating func setBudget(_ call: ActionCall) -> [Effect] {
    let sheet = sensitivitySheet
    let measure = sheet.measure
    let typed = call.argument.split(separator: " ").first.map(String.init) ?? ""
    var budget = sheet.budget
    if let amount = call.amount ?? Double(typed) {
      guard amount > 0, amount <= 1000 else {
        say("budget: the loss is above 0, in \(measure.unit)", .warning)
        return []
      }
      budget = amount
    } else if !typed.isEmpty {
      say("budget: give a number of \(measure.unit), as in :budget 0.5", .warning)
      return []
    } else {
      let choices = measure.budgets.sorted()
      budget = choices.first { $0 > budget } ?? choices[0]
    }
    sensitivity.budgets[measure] = budget
    let side = measure.isRatio ? "at least" : "at most"
    say("budget: \(side) \(measure.budgetText(budget)) of \(measure.name)")
    return []
  }

  /// Shows another measure: the one named, or the next that the data allow.
  mutating func setMeasure(_ name: String) -> [Effect] {
    let known = SensitivitySheet.measures(self)
    let current = sensitivitySheet.measure
    if name.isEmpty {
      let index = known.firstIndex(of: current) ?? 0
      sensitivity.measure = known[(index + 1) % known.count]
    } else {
      let wanted = name.lowercased()
      guard
        let found = SensitivityMeasure.allCases.first(where: {
          $0.rawValue.lowercased().hasPrefix(wanted) || $0.name.lowercased().hasPrefix(wanted)
        })
      else {
        let all = SensitivityMeasure.allCases.map(\.rawValue).joined(separator: ", ")
        say("measure: choose one of \(all)", .warning)
        return []
      }
      guard known.contains(found) else {
        say("measure: \(found.name) is not known for this model and data", .warning)
        return []
      }
      sensitivity.measure = found
    }
    say("cells show \(sensitivity.measure?.title ?? "")")
    return predictionEffects()
  }

  /// Sorts rows by the next order.
  mutating func nextSensitivityOrder() -> [Effect] {
    sensitivity.order = sensitivity.order.next
    say("layers by \(sensitivitySheet.orderText)")
    return []
  }

  // Editing.

  /// Gives the selected layer the cell's setting; what the sweep does not vary stays.
  mutating func applyCell() -> [Effect] {
    let sheet = sensitivitySheet
    guard let layer = sheet.layer, let setting = sheet.selectedSetting,
      let name = model?.layers[layer].layer.name
    else { return [] }
    let sweep = sensitivity.sweep
    let words = sweep.words(setting)
    let effects = edit([layer], title: name, mergeKey: nil, label: .fixed(words)) { old, _ in
      sweep.applied(setting, to: old)
    }
    say(effects == nil ? "already so: \(name) \(words)" : "\(name) \(words); u undoes")
    return effects ?? []
  }

  /// Gives every layer shown its harshest setting within the budget, as one step.
  ///
  /// Pinned layers, and those of which nothing is known, keep what they have.
  mutating func applyAllWithinBudget() -> [Effect] {
    let sheet = sensitivitySheet
    let sweep = sensitivity.sweep
    guard let model else { return [] }
    let pinned = Set(plan.pinned)
    var chosen: [Int: LayerSetting] = [:]
    var openCount = 0
    for layer in sheet.rows where !pinned.contains(model.layers[layer].layer.name) {
      let tolerated = sheet.tolerated(layer, sweep)
      if !tolerated.isFinal { openCount += 1 }
      if let column = tolerated.column { chosen[layer] = sheet.settings[column] }
    }
    let limit = sheet.measure.budgetText(sheet.budget)
    guard !chosen.isEmpty else {
      say("no layer is known to stay within \(limit)", .warning)
      return []
    }
    let targets = chosen.keys.sorted()
    let layers = "\(targets.count) layer\(targets.count == 1 ? "" : "s")"
    let label = "\(sweep == .prune ? "prune" : "bits") within \(limit) each"
    let changed = targets.filter { layer in
      guard let setting = chosen[layer], settings.indices.contains(layer) else { return false }
      return sweep.applied(setting, to: settings[layer]) != settings[layer]
    }
    let byName = Dictionary(
      uniqueKeysWithValues: chosen.map { (model.layers[$0.key].layer.name, $0.value) })
    let effects = edit(targets, title: layers, mergeKey: nil, label: .fixed(label)) { old, layer in
      byName[layer.name].map { sweep.applied($0, to: old) } ?? old
    }
    guard let effects else {
      say("nothing changed: \(layers) already so")
      return []
    }
    let open = openCount > 0 ? "; \(openCount) not measured to the end" : ""
    say("\(label): \(changed.count) of \(layers) changed\(open); u undoes")
    return effects
  }

  // Scanning.

  /// Asks for a scan of every layer alone.
  ///
  /// The first ends each cell as soon as it is decided; once all are, the next gives their full counts.
  mutating func startScan() -> [Effect] {
    let isDecided = sensitivity.table?.isComplete == true
    sensitivity.scanNumber += 1
    sensitivity.isScanning = true
    sensitivity.error = nil
    sensitivity.progress = nil
    let scan = SensitivityScan(
      settings: SensitivityState.settings, precision: .settled, stopsEarly: !isDecided)
    return [.scan(scan, number: sensitivity.scanNumber)]
  }

  /// Stops the scan; what is known stays.
  mutating func cancelScan() -> [Effect] {
    sensitivity.isScanning = false
    return [.cancelScan]
  }

  /// Takes what a scan answered.
  mutating func takeScan(_ message: Message) {
    switch message {
    case .scanProgress(let number, let table, let progress):
      guard number == sensitivity.scanNumber, sensitivity.isScanning else { return }
      sensitivity.table = merged(table)
      showScores()
      sensitivity.progress = progress
    case .scanFinished(let number, let table):
      guard number == sensitivity.scanNumber else { return }
      sensitivity.isScanning = false
      sensitivity.table = table
      showScores()
      let decided = table.cells.count { $0.state == .decided }
      let seconds = Figures.fixed(sensitivity.progress?.seconds ?? 0, 1)
      say(
        "scan done: \(table.cells.count) cells in \(seconds) s, \(decided) decided early",
        .info)
    case .scanCancelled(let number):
      if number == sensitivity.scanNumber { sensitivity.isScanning = false }
    case .scanFailed(let number, let error):
      guard number == sensitivity.scanNumber else { return }
      sensitivity.isScanning = false
      sensitivity.error = error
      say("scan: \(error.description)", .error)
    default: break
    }
  }

  // Predictions.

  /// Asks for predictions when they are looked at, and stops making them when they are not.
  private mutating func predictionEffects() -> [Effect] {
    guard sensitivity.measure == .fisher else {
      guard sensitivity.isPredicting else { return [] }
      sensitivity.isPredicting = false
      return [.cancelPrediction]
    }
    guard sensitivity.scores == nil, !sensitivity.isPredicting, let table = sensitivity.table
    else { return [] }
    sensitivity.isPredicting = true
    return [.predict(table)]
  }

  mutating func takePrediction(_ message: Message) {
    guard sensitivity.isPredicting else { return }
    switch message {
    case .predicted(let scores):
      sensitivity.isPredicting = false
      sensitivity.scores = scores
      showScores()
      let seconds = Figures.fixed(scores.seconds, 1)
      say("\(scores.growths.count) cells predicted from \(scores.samples) samples in \(seconds) s")
    case .predictionFailed(let error):
      sensitivity.isPredicting = false
      sensitivity.measure = nil
      say("predictions: \(error.description)", .error)
    default: break
    }
  }

  private mutating func showScores() {
    if let scores = sensitivity.scores { sensitivity.table?.add(scores) }
  }

  /// A table that goes on, with the cells that an earlier scan had finished and it has not yet.
  private func merged(_ table: SensitivityTable) -> SensitivityTable {
    guard let old = sensitivity.table, old.settings == table.settings,
      old.layers == table.layers, old.direction == table.direction
    else { return table }
    var result = table
    for index in table.cells.indices
    where old.cells[index].images > table.cells[index].images && !table.cells[index].isFinished {
      result.cells[index] = old.cells[index]
    }
    if result.baseline == nil {
      result.baseline = old.baseline
      result.baselineImages = old.baselineImages
    }
    return result
  }
}
