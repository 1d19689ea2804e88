extension WorkbenchAction {
  /// Actions that measure.
  static let runs: [WorkbenchAction] = [
    WorkbenchAction(
      "evaluate", keys: ["r"], "measure the plan again on the evaluation data", .run,
      in: [.workbench, .board],
      obstacle: { $0.evaluationObstacle },
      run: { state, _ in state.startEvaluation() }),
    WorkbenchAction(
      "search", keys: ["f"], "find a plan for a size, a bit width or a largest drop", .run,
      in: everywhere,
      obstacle: { state in
        if let reason = needsLayers(state) ?? state.evaluationObstacle { return reason }
        return nil
      },
      run: { state, _ in state.openSearch() }),
    WorkbenchAction(
      "finetune", keys: ["T"], "train back the accuracy that the plan costs", .run,
      in: [.workbench],
      obstacle: { $0.finetuneObstacle },
      run: { state, _ in state.openFinetuning() }),
    WorkbenchAction(
      "cancel", keys: ["Esc", "C-c"],
      "cancel: count, measurement, scan, filter, marks, view; C-c twice quits", .run,
      in: everywhere,
      run: { state, call in state.cancel(byInterrupt: call.key?.name == "C-c") }),
  ]
}
