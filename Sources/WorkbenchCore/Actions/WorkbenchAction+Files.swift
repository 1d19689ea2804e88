extension WorkbenchAction {
  /// Actions on files and the program.
  static let files: [WorkbenchAction] = [
    WorkbenchAction(
      "export", keys: ["e"], "write the compressed model", .files, in: everywhere,
      obstacle: { state in
        needsLayers(state) ?? (state.isExporting ? "an export is being written" : nil)
      },
      run: { state, _ in
        state.overlay = .export(
          ExportForm(folder: state.folder, name: state.suggestedName))
        return []
      }),
    WorkbenchAction(
      "save-plan", aliases: ["save"], keys: ["w", "C-s"], argument: "PATH",
      "write the plan to its file; asks for a path the first time", .files, in: everywhere,
      obstacle: needsModel,
      run: { state, call in state.savePlan(to: call.argument) }),
    WorkbenchAction(
      "copy-screen", keys: ["Y"], "copy the screen as text", .files, in: everywhere,
      run: { _, _ in [.copyScreen] }),
    WorkbenchAction(
      "suspend", keys: ["C-z"], "back to the shell; fg returns", .files, in: everywhere,
      run: { _, _ in [.suspend] }),
    WorkbenchAction(
      "quit", keys: ["q"], "quit; asks when the plan is unsaved", .files, in: everywhere,
      run: { state, _ in
        if state.hasUnsavedPlan && !state.isQuitting {
          state.overlay = .confirm(.quit)
          return []
        }
        return state.quit()
      }),
    WorkbenchAction(
      "quit!", "quit without saving", .files, in: everywhere, run: { state, _ in state.quit() }),
  ]

  private static let needsModel: @Sendable (WorkbenchState) -> String? = {
    $0.model == nil ? "no model is open" : nil
  }
}
