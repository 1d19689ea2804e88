import TerminalCells

extension WorkbenchAction {
  /// Actions that change what is shown.
  static let views: [WorkbenchAction] = [
    WorkbenchAction(
      "sensitivity", keys: ["s"], "what each layer tolerates, and back", .views, in: everywhere,
      obstacle: needsLayers, run: { state, _ in state.toggleSensitivity() }),
    WorkbenchAction(
      "board", aliases: ["pareto"], keys: ["P"], "every plan measured so far, and back", .views,
      in: everywhere, obstacle: needsLayers, run: { state, _ in state.toggleBoard() }),
    WorkbenchAction(
      "sizes", keys: ["B"], "exact bytes in every way to store the model, and what runs faster",
      .views, in: everywhere, obstacle: needsLayers, run: { state, _ in state.openSizes() }),
    WorkbenchAction(
      "zoom", keys: ["z"], "enlarge the pane: normal, half, full", .views,
      run: { state, _ in
        state.zoom = state.zoom.next
        return []
      }),
    WorkbenchAction(
      "compare-original", keys: ["b"], "histograms before and after on one axis, or apart", .views,
      obstacle: needsLayers,
      run: { state, _ in
        state.comparesOnOneAxis.toggle()
        return []
      }),
    WorkbenchAction(
      "histogram-scale", keys: ["a"], "histogram counts linear or logarithmic", .views,
      obstacle: needsLayers,
      run: { state, _ in
        state.histogramIsLogarithmic.toggle()
        return []
      }),
    WorkbenchAction(
      "heatmap-scale", keys: ["v"], "heatmap of zeros, of mean |w|, its logarithm or its rank",
      .views, obstacle: needsLayers,
      run: { state, _ in
        state.heatmapMode = state.shownHeatmapMode.next
        return []
      }),
    WorkbenchAction(
      "sort", keys: ["S"], "sort layers: graph order, bytes, sparsity, parameters", .views,
      obstacle: needsLayers,
      run: { state, _ in
        state.sortOrder = state.sortOrder.next
        state.keepSelectionVisible()
        state.say("layers \(state.sortOrder.title)")
        return []
      }),
    WorkbenchAction(
      "theme", keys: ["t"], argument: "NAME", "choose the theme, previewed while moving", .views,
      in: everywhere,
      obstacle: { $0.themes.isEmpty ? "no themes were found" : nil },
      run: { state, call in state.chooseTheme(call.argument) }),
    WorkbenchAction(
      "glyphs-toggle", aliases: ["glyphs"], keys: ["A"], "draw with blocks, Braille dots or ASCII",
      .views,
      run: { state, _ in
        let all: [Glyphs] = [.blocks, .braille, .ascii]
        let index = all.firstIndex(of: state.glyphs) ?? 0
        state.glyphs = all[(index + 1) % all.count]
        state.say("glyphs: \(state.glyphs.rawValue)")
        return []
      }),
    WorkbenchAction(
      "messages", keys: ["m"], "the message list, and back", .views,
      run: { state, _ in state.toggleMessages() }),
    WorkbenchAction(
      "redraw", keys: ["C-l"], "clear the terminal and draw again", .views, in: everywhere,
      run: { _, _ in [.redraw] }),
    WorkbenchAction(
      "help", keys: ["?", "F1"], "all keys, filtered as you type", .views, in: everywhere,
      run: { state, _ in
        state.overlay = .help(HelpState())
        return []
      }),
    WorkbenchAction(
      "palette", keys: [":"], "run any action by name, some with an argument", .views,
      in: everywhere,
      run: { state, _ in
        state.overlay = .palette(PaletteState())
        return []
      }),
  ]
}
