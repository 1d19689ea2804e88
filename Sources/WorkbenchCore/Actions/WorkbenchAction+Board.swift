extension WorkbenchAction {
  /// Actions of the Pareto board.
  static let board: [WorkbenchAction] = [
    WorkbenchAction(
      "plan-restore", keys: ["Enter"], "make the point's plan the current one; undo goes back",
      .board, in: [.board],
      obstacle: { state in
        needsBoard(state) ?? (state.points.isEmpty ? "no plan has been measured yet" : nil)
      },
      run: { state, _ in state.restorePoint() }),
    WorkbenchAction(
      "board-sort", keys: ["o"], "sort: stored bytes, accuracy, order of measurement", .board,
      in: [.board], obstacle: needsBoard,
      run: { state, _ in state.nextBoardOrder() }),
    WorkbenchAction(
      "front-only", keys: ["a"], "hide the plans that another one beats, or show them", .board,
      in: [.board], obstacle: needsBoard,
      run: { state, _ in state.toggleFrontOnly() }),
  ]

  /// The reason of actions on points: they need the view they are seen in.
  private static let needsBoard: @Sendable (WorkbenchState) -> String? = { state in
    needsLayers(state) ?? (state.view == .board ? nil : WorkbenchView.board.wayIn)
  }
}
