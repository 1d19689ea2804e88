import ModelCompression
import TerminalCells

extension WorkbenchAction {
  /// Actions that choose layers and panes.
  static let moves: [WorkbenchAction] = [
    WorkbenchAction(
      "layer-next", keys: ["j", "Down"], "go down one row, or a count of rows", .move,
      in: everywhere,
      run: { state, call in state.moveDown(call.times) }),
    WorkbenchAction(
      "layer-previous", keys: ["k", "Up"], "go up one row, or a count of rows", .move,
      in: everywhere,
      run: { state, call in state.moveDown(-call.times) }),
    WorkbenchAction(
      "page-next", keys: ["C-d", "PgDn"], "go down half a page", .move, in: everywhere,
      run: { state, call in state.moveDown(call.times * state.halfPage) }),
    WorkbenchAction(
      "page-previous", keys: ["C-u", "PgUp"], "go up half a page", .move, in: everywhere,
      run: { state, call in state.moveDown(-call.times * state.halfPage) }),
    WorkbenchAction(
      "first", keys: ["g", "Home"], "go to the first row", .move, in: everywhere,
      run: { state, _ in state.moveDown(-1_000_000) }),
    WorkbenchAction(
      "last", keys: ["G", "End"], "go to the last row", .move, in: everywhere,
      run: { state, _ in state.moveDown(1_000_000) }),
    WorkbenchAction(
      "layer", argument: "NAME", "go to the layer of this name", .move, obstacle: needsLayers,
      run: { state, call in state.select(named: call.argument) }),
    WorkbenchAction(
      "filter", keys: ["/"], argument: "TEXT", "show only layers whose name holds a text", .move,
      in: [.workbench, .sensitivity], obstacle: needsLayers,
      run: { state, call in
        if call.argument.isEmpty {
          state.overlay = .filter(TextField(state.filter), previous: state.filter)
          return []
        }
        return state.setFilter(call.argument)
      }),
    WorkbenchAction(
      "match-next", keys: ["n"], "go to the next layer of the filter", .move,
      obstacle: { $0.filter.isEmpty ? "type / and a text first" : nil },
      run: { state, call in state.moveToLayer(call.times) }),
    WorkbenchAction(
      "match-previous", keys: ["N"], "go to the previous layer of the filter", .move,
      obstacle: { $0.filter.isEmpty ? "type / and a text first" : nil },
      run: { state, call in state.moveToLayer(-call.times) }),
    WorkbenchAction(
      "fold", keys: ["Enter"], "hide or show the layers of a group", .move,
      obstacle: { state in
        if state.sortOrder != .tree { return "groups show in graph order only: press S" }
        if !state.filter.isEmpty { return "groups stay open while a filter is on" }
        if case .group = state.selection { return nil }
        return "the selected row is a layer, not a group"
      },
      run: { state, _ in state.toggleFold() }),
    WorkbenchAction(
      "fold-all", keys: ["F"], "hide the layers of all groups, or show them again", .move,
      obstacle: { state in
        state.sortOrder == .tree
          ? (state.groupPaths.isEmpty ? "the model has no groups of layers" : nil)
          : "groups show in graph order only: press S"
      },
      run: { state, _ in state.toggleAllFolds() }),
    WorkbenchAction(
      "pane-next", keys: ["Tab"], "go to the next pane", .move,
      run: { state, call in state.movePane(call.times) }),
    WorkbenchAction(
      "pane-previous", keys: ["S-Tab"], "go to the previous pane", .move,
      run: { state, call in state.movePane(-call.times) }),
  ]

  /// The reason of actions that need an open model with layers.
  static let needsLayers: @Sendable (WorkbenchState) -> String? = { state in
    guard let model = state.model else { return "no model is open" }
    return model.layers.isEmpty ? "the model has no layers to compress" : nil
  }
}
