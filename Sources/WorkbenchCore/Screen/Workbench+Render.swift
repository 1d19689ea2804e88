import TerminalCells

extension Workbench {
  /// Draws the state onto a whole buffer; pure, and safe at any size.
  ///
  /// - Parameter sheet: The theme's styles at the terminal's colour depth.
  public static func render(
    _ state: WorkbenchState, into buffer: inout CellBuffer, sheet: StyleSheet
  ) {
    // The buffer decides: a resize may have reached the terminal before the state.
    var state = state
    state.columns = buffer.width
    state.rows = buffer.height
    let context = ScreenContext(state, sheet: sheet)
    buffer.fill(buffer.bounds, style: sheet[.screenBackground])
    guard !context.layout.isTooSmall else {
      let least = WorkbenchLayout.smallest
      buffer.put(
        "needs \(least.columns)x\(least.rows), has \(buffer.width)x\(buffer.height)",
        in: buffer.bounds, row: buffer.height / 2, style: sheet[.warning], alignment: .center)
      return
    }
    switch state.view {
    case .workbench: drawPanes(context, in: &buffer)
    case .sensitivity: SensitivityScreen(context).draw(in: &buffer)
    case .board: BoardScreen(context).draw(in: &buffer)
    }
    drawOverlay(context, in: &buffer)
    HintLine(context).draw(context.layout.hintLine, in: &buffer)
    StatusLine(context).draw(context.layout.statusLine, in: &buffer)
  }

  private static func drawPanes(_ context: ScreenContext, in buffer: inout CellBuffer) {
    for pane in PaneID.allCases {
      guard var rect = context.layout.panes[pane] else { continue }
      if pane == .inspector, case .settings = context.state.overlay,
        let parts = SettingsSheet(context).parts
      {
        guard let plots = parts.plots else { continue }
        rect = plots
      }
      switch pane {
      case .layers: LayersPane(context).draw(rect, in: &buffer)
      case .inspector: InspectorPane(context).draw(rect, in: &buffer)
      case .preview: PreviewPane(context).draw(rect, in: &buffer)
      case .pareto: ParetoPane(context).draw(rect, in: &buffer)
      case .messages: MessagesPane(context).draw(rect, in: &buffer)
      }
    }
  }

  private static func drawOverlay(_ context: ScreenContext, in buffer: inout CellBuffer) {
    let (room, _) = buffer.bounds.splitBottom(2)
    switch context.state.overlay {
    case .none, .filter: break
    case .help(let help): HelpOverlay(context).draw(help, in: &buffer, room: room)
    case .palette(let palette): PaletteOverlay(context).draw(palette, in: &buffer, room: room)
    case .export(let form): ExportDialog(context).draw(form, in: &buffer, room: room)
    case .themes(let menu): ThemeMenu(context).draw(menu, in: &buffer, room: room)
    case .savePath(let field, let quits):
      QuestionBox(context).draw(path: field, quitsAfter: quits, in: &buffer, room: room)
    case .search(let form):
      if context.state.search.isRunning {
        SearchProgressBox(context).draw(in: &buffer, room: room)
      } else {
        SearchDialog(context).draw(form, in: &buffer, room: room)
      }
    case .finetune(let form):
      if context.state.finetuning.isRunning {
        FinetuneProgressBox(context).draw(in: &buffer, room: room)
      } else {
        FinetuneDialog(context).draw(form, in: &buffer, room: room)
      }
    case .settings(let form): SettingsSheet(context).draw(form, in: &buffer, room: room)
    case .sizes(let panel): SizesPanel(context).draw(panel, in: &buffer, room: room)
    case .confirm(let question):
      QuestionBox(context).draw(question, in: &buffer, room: room)
    }
  }
}
