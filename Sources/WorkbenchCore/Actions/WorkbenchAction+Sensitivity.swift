extension WorkbenchAction {
  /// Actions of the sensitivity view.
  static let sensitivity: [WorkbenchAction] = [
    WorkbenchAction(
      "column-next", keys: ["l", "Right"], "go to a harsher setting, or a count of them",
      .sensitivity, in: [.sensitivity], obstacle: needsSensitivity,
      run: { state, call in state.moveColumn(call.times) }),
    WorkbenchAction(
      "column-previous", keys: ["h", "Left"], "go to a milder setting, or a count of them",
      .sensitivity, in: [.sensitivity], obstacle: needsSensitivity,
      run: { state, call in state.moveColumn(-call.times) }),
    WorkbenchAction(
      "sweep-next", aliases: ["sweep"], keys: ["Tab", "S-Tab"],
      "columns by prune amount or by bits", .sensitivity, in: [.sensitivity],
      obstacle: needsSensitivity,
      run: { state, _ in
        state.sensitivity.sweep = state.sensitivity.sweep.other
        return []
      }),
    WorkbenchAction(
      "cell-apply", keys: ["Enter"], "give the layer the cell's setting", .sensitivity,
      in: [.sensitivity], obstacle: needsSensitivity, run: { state, _ in state.applyCell() }),
    WorkbenchAction(
      "cells-apply-all", keys: ["A"],
      "give every layer its harshest setting within the budget", .sensitivity,
      in: [.sensitivity], obstacle: needsTable, run: { state, _ in state.applyAllWithinBudget() }),
    WorkbenchAction(
      "budget", keys: ["b"], argument: "AMOUNT",
      "how much loss is tolerated: the next one, or that typed (0.5b)", .sensitivity,
      in: [.sensitivity], obstacle: needsSensitivity,
      run: { state, call in state.setBudget(call) }),
    WorkbenchAction(
      "measure", keys: ["m"], argument: "NAME",
      "what cells show: top-1, loss, disagreement, KL, SQNR, Fisher", .sensitivity,
      in: [.sensitivity], obstacle: needsSensitivity,
      run: { state, call in state.setMeasure(call.argument) }),
    WorkbenchAction(
      "sensitivity-sort", keys: ["o"],
      "sort: graph order, loss at the column, most tolerant, parameters", .sensitivity,
      in: [.sensitivity], obstacle: needsSensitivity,
      run: { state, _ in state.nextSensitivityOrder() }),
    WorkbenchAction(
      "scan", keys: ["r"], "scan on after a stop; once done, scan all images", .sensitivity,
      in: [.sensitivity],
      obstacle: { state in
        if let reason = needsSensitivity(state) ?? state.evaluationObstacle { return reason }
        return state.sensitivity.isScanning ? "a scan is running: Esc stops it" : nil
      },
      run: { state, _ in state.startScan() }),
  ]

  /// The reason of actions on cells: they need the view they are seen in.
  private static let needsSensitivity: @Sendable (WorkbenchState) -> String? = { state in
    needsLayers(state) ?? (state.view == .sensitivity ? nil : WorkbenchView.sensitivity.wayIn)
  }

  /// The same, and something to go by.
  private static let needsTable: @Sendable (WorkbenchState) -> String? = { state in
    needsSensitivity(state)
      ?? (state.sensitivity.table == nil ? "nothing has been measured yet" : nil)
  }
}
