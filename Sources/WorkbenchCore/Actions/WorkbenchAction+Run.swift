extension WorkbenchAction {
  /// Actions that measure.
  static let runs: [WorkbenchAction] = [
    WorkbenchAction(
      "evaluate", keys: ["r"], "measure the plan again on the evaluation data", .run,
      obstacle: { $0.evaluationObstacle },
      run: { state, _ in state.startEvaluation() }),
    WorkbenchAction(
      "cancel", keys: ["Esc", "C-c"],
      "cancel: count, filter, measurement, marks; C-c twice quits", .run,
      run: { state, call in state.cancel(byInterrupt: call.key?.name == "C-c") }),
  ]
}
