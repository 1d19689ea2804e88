import ModelCompression

extension WorkbenchAction {
  /// Actions that change the plan.
  static let edits: [WorkbenchAction] = pruneEdits + bitEdits + planEdits

  private static let pruneEdits: [WorkbenchAction] = [
    WorkbenchAction(
      "prune-less", keys: ["h", "Left"], "prune 1 % less, or a count of percent", .edit,
      obstacle: needsTarget, run: { state, call in state.nudgePrune(-Double(call.times)) }),
    WorkbenchAction(
      "prune-more", keys: ["l", "Right"], "prune 1 % more, or a count of percent", .edit,
      obstacle: needsTarget, run: { state, call in state.nudgePrune(Double(call.times)) }),
    WorkbenchAction(
      "prune-less-5", keys: ["H", "S-Left"], "prune 5 % less", .edit,
      obstacle: needsTarget, run: { state, call in state.nudgePrune(-5 * Double(call.times)) }),
    WorkbenchAction(
      "prune-more-5", keys: ["L", "S-Right"], "prune 5 % more", .edit,
      obstacle: needsTarget, run: { state, call in state.nudgePrune(5 * Double(call.times)) }),
    WorkbenchAction(
      "prune-set", aliases: ["prune"], keys: ["%"], argument: "PERCENT",
      "prune to the percentage typed before it", .edit, obstacle: needsTarget,
      run: { state, call in state.setPrune(call) }),
  ]

  private static let bitEdits: [WorkbenchAction] = [
    WorkbenchAction(
      "bits-less", keys: ["-", "["], "fewer bits per weight: float, 16, 8, 7 ... 2", .edit,
      obstacle: needsTarget, run: { state, call in state.nudgeBits(-call.times) }),
    WorkbenchAction(
      "bits-more", keys: ["+", "=", "]"], "more bits per weight", .edit,
      obstacle: needsTarget, run: { state, call in state.nudgeBits(call.times) }),
    WorkbenchAction(
      "bits-set", aliases: ["bits"], argument: "BITS", "set the bits: 2 ... 8, 16, or float", .edit,
      obstacle: needsTarget, run: { state, call in state.setBits(call.argument) }),
    WorkbenchAction(
      "granularity-cycle", aliases: ["granularity"], keys: ["c"],
      "one scale per channel, group of weights, or tensor", .edit,
      obstacle: needsQuantizedTarget, run: { state, _ in state.cycleGranularity() }),
    WorkbenchAction(
      "scheme-toggle", aliases: ["scheme"], keys: ["C"], "symmetric or asymmetric quantization",
      .edit, obstacle: needsQuantizedTarget, run: { state, _ in state.toggleScheme() }),
  ]

  private static let planEdits: [WorkbenchAction] = [
    WorkbenchAction(
      "settings", keys: ["i"], "every setting of the layer: criterion, scheme and the rest", .edit,
      obstacle: needsTarget, run: { state, _ in state.openSettings() }),
    WorkbenchAction(
      "importance-cycle", aliases: ["criterion"], "the next importance criterion", .edit,
      obstacle: needsPrunedTarget, run: { state, call in state.cycleCriterion(call.times) }),
    WorkbenchAction(
      "layer-reset", keys: ["x"], "back to the original weights", .edit,
      in: [.workbench, .sensitivity],
      obstacle: needsTarget, run: { state, _ in state.resetTargets() }),
    WorkbenchAction(
      "plan-reset", aliases: ["reset"], "every layer back to its original weights; asks first",
      .edit, obstacle: needsLayers,
      run: { state, _ in
        state.overlay = .confirm(.resetPlan)
        return []
      }),
    WorkbenchAction(
      "mark", keys: ["Space"], "mark or unmark: edits apply to all marked layers", .edit,
      obstacle: needsLayers, run: { state, _ in state.toggleMark() }),
    WorkbenchAction(
      "mark-all-like", keys: ["*"], "mark all layers of the same operator and kernel", .edit,
      obstacle: needsSelectedLayer, run: { state, _ in state.markAllLike() }),
    WorkbenchAction(
      "pin", keys: ["K"], "pin or unpin: searches and edits of several layers pass over it", .edit,
      obstacle: needsTarget, run: { state, _ in state.togglePin() }),
    WorkbenchAction(
      "setting-copy", keys: ["y"], "copy the layer's setting", .edit,
      obstacle: needsSelectedLayer, run: { state, _ in state.copySetting() }),
    WorkbenchAction(
      "setting-paste", keys: ["p"], "paste the copied setting", .edit,
      obstacle: { $0.clipboard == nil ? "nothing is copied: press y on a layer" : nil },
      run: { state, _ in state.pasteSetting() }),
    WorkbenchAction(
      "undo", keys: ["u"], "take back the last change of the plan", .edit, in: everywhere,
      obstacle: { $0.history.undoDepth == 0 ? "nothing to undo" : nil },
      run: { state, call in state.undo(call.times) }),
    WorkbenchAction(
      "redo", keys: ["C-r", "U"], "bring back what was undone", .edit, in: everywhere,
      obstacle: { $0.history.redoDepth == 0 ? "nothing to redo" : nil },
      run: { state, call in state.redo(call.times) }),
  ]

  /// The reason of edits: they need a layer, a group or marked layers.
  static let needsTarget: @Sendable (WorkbenchState) -> String? = { state in
    needsLayers(state) ?? (state.targets.isEmpty ? "no layer is selected" : nil)
  }

  /// The reason of edits that concern codes only.
  static let needsQuantizedTarget: @Sendable (WorkbenchState) -> String? = { state in
    if let reason = needsTarget(state) { return reason }
    return state.targets.contains { state.settings[$0].weights != nil }
      ? nil : "the weights are floats: press - to quantize them first"
  }

  /// The reason of edits that concern pruning only.
  static let needsPrunedTarget: @Sendable (WorkbenchState) -> String? = { state in
    if let reason = needsTarget(state) { return reason }
    return state.firstPruning != nil ? nil : "nothing is pruned: press l to prune first"
  }

  /// The reason of actions that concern one layer.
  static let needsSelectedLayer: @Sendable (WorkbenchState) -> String? = { state in
    needsLayers(state) ?? (state.selectedLayer == nil ? "select a layer, not a group" : nil)
  }
}
